// Where a new run will be.
#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

namespace pentimento {

/// A folder for one run. One that was made for it is gone again when the run never began.
class RunFolder {
  public:
    /// The folder that a person named; nothing is made or removed.
    explicit RunFolder(std::filesystem::path named) : path_(std::move(named)) {}
    /// `<root>/<UTC time>-<name>`, made unique and made, empty, so that another program that starts
    /// in the same second gets another one; the name is reduced to safe characters. Where it cannot
    /// be made, whoever writes there says why.
    static RunFolder fresh(const std::filesystem::path& root, std::string_view name);

    RunFolder(RunFolder&& other) noexcept;
    RunFolder& operator=(RunFolder&&) = delete;
    ~RunFolder();

    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
    bool made_ = false;
};

}  // namespace pentimento
