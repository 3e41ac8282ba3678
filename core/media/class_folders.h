// What names and folders say: which files are pictures, in which order, and of which class.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento::media {

enum class NameKind { Picture, Unknown, Other };  ///< Unknown: no extension
NameKind kind_of_name(std::string_view name);
/// Dot files and what archivers of other systems leave behind, in any folder of the path.
bool is_hidden(std::string_view path);
/// "2.png" before "10.png", folders together.
bool natural_less(std::string_view a, std::string_view b);

/// Folders become classes when every picture lies in one and there are at least two. Folders that
/// all pictures share ("dataset/train/…") are passed over.
class ClassFolders {
  public:
    void add(std::string_view path);
    void finish();
    const std::vector<std::string>& names() const { return names_; }
    std::int32_t label(std::string_view path) const;

  private:
    std::set<std::string, std::less<>> folders_;
    std::size_t shared_ = 0;  ///< bytes of the shared folders, the last slash included
    std::vector<std::string> names_;
};

}  // namespace pentimento::media
