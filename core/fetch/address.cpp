// Addresses are taken apart by libcurl itself, so that it cannot read them differently later.
#include "core/fetch/address.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "core/base/text.h"

namespace pentimento::fetch {
namespace {

std::string part(CURLU* url, CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(url, which, &text, 0) != CURLUE_OK || text == nullptr) return {};
    std::string copy = to_valid_utf8(text);
    curl_free(text);
    return copy;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool is_local(const std::string& host) {
    if (host == "localhost" || host == "[::1]") return true;
    in_addr address{};
    return ::inet_pton(AF_INET, host.c_str(), &address) == 1 &&
           (ntohl(address.s_addr) >> 24) == 127;
}

bool is_below(const std::string& host, const std::string& domain) {
    return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                              host[host.size() - domain.size() - 1] == '.');
}

}  // namespace

Result<Address> parse_address(const std::string& url) {
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> handle(curl_url(), curl_url_cleanup);
    if (!handle || curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
        return Error{ErrorCode::InvalidArgument,
                     "'" + to_valid_utf8(url) +
                         "' is no address: it has to look like https://host/folder/file.",
                     {}};
    Address address{lower(part(handle.get(), CURLUPART_SCHEME)),
                    lower(part(handle.get(), CURLUPART_HOST)), part(handle.get(), CURLUPART_PATH)};
    address.local = is_local(address.host);
    return address;
}

Status check_allowed(const Address& address, const std::vector<std::string>& hosts,
                     bool from_local) {
    if (address.local && (address.scheme == "http" || address.scheme == "https") && from_local)
        return {};
    if (address.local)
        return Error{ErrorCode::InvalidArgument,
                     "The server sent us on to this machine itself (" + address.shown() +
                         "), which is never right. Use another address.",
                     {}};
    if (address.scheme != "https")
        return Error{ErrorCode::InvalidArgument,
                     address.shown() +
                         " is not asked: only https addresses are safe enough. "
                         "Use an https address.",
                     {}};
    const bool known = hosts.empty() || std::any_of(hosts.begin(), hosts.end(), [&](auto& host) {
                           return is_below(address.host, host);
                       });
    if (!known)
        return Error{ErrorCode::InvalidArgument,
                     "The server sent us on to " + address.host +
                         ", which is not one of the publisher's (" + join(hosts, ", ") +
                         "). Nothing was taken from there. Try again later, or name a mirror.",
                     {}};
    return {};
}

}  // namespace pentimento::fetch
