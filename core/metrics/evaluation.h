// What an evaluation of made pictures found. No torch here: it may be shown, logged and plotted
// anywhere.
#pragma once

#include <cstdint>
#include <string>

namespace pentimento::metrics {

/// Figures are NaN where they have no value, which each line names.
struct Evaluation {
    /// Kernel distance (Bińkowski and others 2018, arXiv:1801.01401): unbiased, so about 0, and
    /// sometimes below, for pictures that cannot be told from real ones. Lower is better.
    double kid = 0;
    double kid_error = 0;  ///< standard error of `kid`

    /// Fréchet distance (Heusel and others 2017, arXiv:1706.08500). Lower is better; biased upwards
    /// by 1/count, so only values of equal counts can be compared.
    double fid = 0;
    bool fid_comparable = false;  ///< with published values, see fid_note
    std::string fid_note;         ///< why, or why not, as a sentence to be shown with the figure

    /// Kynkäänniemi and others 2019, arXiv:1904.06991: the share of made pictures that look like
    /// real ones, and the share of real ones that could have been made. 0 … 1, higher is better.
    double precision = 0;
    double recall = 0;

    /// Mean distance between two made pictures, as a share of that between two real ones: about 1
    /// is sound, near 0 is a collapse. NaN when all real pictures are the same.
    double diversity = 0;

    /// Median distance from a made picture to the nearest training picture, as a share of the
    /// median distance from a training picture to the nearest other one: about 1 or more is sound,
    /// near 0 means copies. NaN when most training pictures have an exact double.
    double nearest_ratio = 0;

    std::string features;         ///< name of the features
    std::int64_t dimensions = 0;  ///< of the features
    std::int64_t real_count = 0;  ///< real pictures compared with
    std::int64_t generated_count = 0;
    std::int64_t searched_count = 0;  ///< training pictures searched for the nearest one
    double seconds = 0;               ///< what this evaluation took
};

}  // namespace pentimento::metrics
