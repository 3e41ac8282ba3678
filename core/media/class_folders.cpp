// Names, their order, and classes from folders.
#include "core/media/class_folders.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace pentimento::media {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view first_folder(std::string_view path) {
    return path.substr(0, path.find('/'));
}

}  // namespace

NameKind kind_of_name(std::string_view name) {
    static constexpr std::array<std::string_view, 15> kKnown = {
        "png", "jpg", "jpeg", "jpe", "jfif", "webp", "tif", "tiff",
        "bmp", "dib", "gif",  "pnm", "pbm",  "pgm",  "ppm"};
    name = name.substr(name.rfind('/') + 1);
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos || dot + 1 == name.size()) return NameKind::Unknown;
    std::string extension(name.substr(dot + 1));
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::find(kKnown.begin(), kKnown.end(), extension) != kKnown.end() ? NameKind::Picture
                                                                              : NameKind::Other;
}

bool is_hidden(std::string_view path) {
    while (!path.empty()) {
        const std::string_view part = first_folder(path);
        if ((part.starts_with('.') && part != "." && !part.starts_with("..")) ||
            part == "__MACOSX" || part == "Thumbs.db" || part == "desktop.ini")
            return true;
        path.remove_prefix(std::min(path.size(), part.size() + 1));
    }
    return false;
}

bool natural_less(std::string_view a, std::string_view b) {
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (is_digit(a[i]) && is_digit(b[j])) {
            const auto number = [](std::string_view text, std::size_t& at) {
                while (at < text.size() && text[at] == '0') ++at;
                const std::size_t begin = at;
                while (at < text.size() && is_digit(text[at])) ++at;
                return text.substr(begin, at - begin);
            };
            const std::string_view left = number(a, i), right = number(b, j);
            if (left.size() != right.size()) return left.size() < right.size();
            if (left != right) return left < right;
            continue;
        }
        if (a[i] != b[j]) {
            const auto rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c); };
            return rank(a[i]) < rank(b[j]);
        }
        ++i, ++j;
    }
    if ((i < a.size()) != (j < b.size())) return j < b.size();
    return a < b;  // "01" and "1": equal as numbers, but there must be an order
}

void ClassFolders::add(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    const std::string_view folder =
        slash == std::string_view::npos ? "" : path.substr(0, slash + 1);
    if (!folders_.contains(folder)) folders_.emplace(folder);
}

void ClassFolders::finish() {
    names_.clear();
    shared_ = 0;
    if (folders_.empty()) return;
    // Sorted, so that what the first and the last share is shared by all.
    const std::string &first = *folders_.begin(), &last = *folders_.rbegin();
    for (std::size_t i = 0; i < first.size() && i < last.size() && first[i] == last[i]; ++i)
        if (first[i] == '/') shared_ = i + 1;
    std::set<std::string, std::less<>> found;
    for (const std::string& folder : folders_) {
        const std::string_view rest = std::string_view(folder).substr(shared_);
        if (rest.empty()) return;  // a picture beside the folders
        found.emplace(first_folder(rest));
    }
    if (found.size() < 2) return;
    names_.assign(found.begin(), found.end());
    std::sort(names_.begin(), names_.end(), natural_less);
}

std::int32_t ClassFolders::label(std::string_view path) const {
    if (names_.empty() || path.size() <= shared_) return -1;
    const std::string_view rest = path.substr(shared_);
    if (rest.find('/') == std::string_view::npos) return -1;
    const auto at =
        std::lower_bound(names_.begin(), names_.end(), first_folder(rest), natural_less);
    return at != names_.end() && *at == first_folder(rest)
               ? static_cast<std::int32_t>(at - names_.begin())
               : -1;
}

}  // namespace pentimento::media
