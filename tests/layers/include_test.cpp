// The torch firewall: every header that ui/ may use compiles while Qt's keywords are macros, and
// brings in neither torch nor OpenCV.
#define slots
#define signals
#define emit

#include "core/base/allocator.h"
#include "core/base/channels.h"
#include "core/base/file.h"
#include "core/base/frame.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/priority.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/base/text.h"
#include "core/data/pack.h"
#include "core/fetch/download.h"
#include "core/fetch/weights.h"
#include "core/gan/describe.h"
#include "core/gan/gan_run.h"
#include "core/gan/health/health.h"
#include "core/jobs/batch.h"
#include "core/jobs/compare.h"
#include "core/jobs/jobs.h"
#include "core/jobs/video.h"
#include "core/media/import.h"
#include "core/media/picture.h"
#include "core/media/video.h"
#include "core/metrics/evaluation.h"
#include "core/params/param_set.h"
#include "core/params/param_spec.h"
#include "core/params/schema.h"
#include "core/session/experiment.h"
#include "core/session/run.h"
#include "core/session/run_folder.h"
#include "core/session/state.h"
#include "core/session/worker.h"
#include "core/session/workspace.h"
#include "core/style/instant/instant.h"
#include "core/style/instant/networks.h"
#include "core/style/style_run.h"
#include "core/style/train/style_training.h"

#if defined(TORCH_API) || defined(C10_API) || defined(AT_ERROR) || defined(TORCH_CHECK)
#error "A header that ui/ uses includes torch"
#endif
#if defined(CV_VERSION) || defined(CV_EXPORTS)
#error "A header that ui/ uses includes OpenCV"
#endif
#if defined(QT_VERSION) || defined(Q_OBJECT)
#error "A header of core includes Qt"
#endif

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

namespace pentimento {
namespace {

namespace fs = std::filesystem;
const fs::path kRoot = PENTIMENTO_SOURCE_DIR;

struct Include {
    std::string file, target;
};

/// Every #include below the folders given, relative to the repository.
std::vector<Include> includes_below(const std::vector<std::string>& folders) {
    std::vector<Include> found;
    for (const std::string& folder : folders) {
        for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
            if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
            std::ifstream file(entry.path());
            for (std::string line; std::getline(file, line);) {
                const auto hash = line.find_first_not_of(" \t");
                if (hash == std::string::npos || line.compare(hash, 8, "#include") != 0) continue;
                const auto open = line.find_first_of("<\"");
                const auto close = line.find_first_of(">\"", open + 1);
                if (close == std::string::npos) continue;
                found.push_back({fs::relative(entry.path(), kRoot).string(),
                                 line.substr(open + 1, close - open - 1)});
            }
        }
    }
    return found;
}

bool begins_with_any(const std::string& text, const std::vector<std::string>& beginnings) {
    for (const std::string& beginning : beginnings)
        if (text.compare(0, beginning.size(), beginning) == 0) return true;
    return false;
}

void expect_none(const std::vector<std::string>& folders,
                 const std::vector<std::string>& forbidden) {
    const auto includes = includes_below(folders);
    EXPECT_FALSE(includes.empty()) << "nothing was read: the test looks in the wrong place";
    for (const Include& include : includes)
        EXPECT_FALSE(begins_with_any(include.target, forbidden))
            << include.file << " includes " << include.target;
}

const std::vector<std::string> kTorch{"torch/", "ATen/", "c10/", "caffe2/"};
const std::vector<std::string> kOpenCv{"opencv2/", "opencv"};
const std::vector<std::string> kQt{"Q", "QtCore/", "QtGui/", "QtWidgets/", "qcustomplot"};

TEST(Layers, TheStudioSeesNoTorchAndNoOpenCv) {
    expect_none({"ui", "app"}, kTorch);
    expect_none({"ui", "app"}, kOpenCv);
}

TEST(Layers, TheStudioUsesOnlyTheHeadersThatAreCheckedAbove) {
    std::set<std::string> checked;
    for (const Include& include : includes_below({"tests/layers"})) checked.insert(include.target);
    for (const Include& include : includes_below({"ui", "app"}))
        if (begins_with_any(include.target, {"core/"})) {
            EXPECT_TRUE(checked.count(include.target))
                << include.file << " includes " << include.target
                << ", which this test does not compile";
        }
}

TEST(Layers, BaseParamsSessionDataAndJobsSeeNoTorch) {
    for (const auto& libraries : {kTorch, kOpenCv, kQt})
        expect_none({"core/base", "core/params", "core/session", "core/fetch", "core/jobs"},
                    libraries);
}

TEST(Layers, TheEngineSeesNoOpenCvAndNoQtAndMediaNoTorch) {
    for (const auto& libraries : {kOpenCv, kQt})
        expect_none(
            {"core/tensor", "core/nn", "core/metrics", "core/data", "core/gan", "core/style"},
            libraries);
    for (const auto& libraries : {kTorch, kQt}) expect_none({"core/media"}, libraries);
}

TEST(Layers, CoreKnowsNeitherTheStudioNorThePrograms) {
    expect_none({"core"}, {"ui/", "app/"});
    expect_none({"ui"}, {"app/"});
}

}  // namespace
}  // namespace pentimento
