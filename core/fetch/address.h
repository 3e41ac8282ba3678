// Which addresses may be asked. Private to core/fetch.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace pentimento::fetch {

struct Address {
    std::string scheme, host, path;  ///< lower case, except the path
    bool local = false;              ///< this machine

    /// Without passwords and queries, for messages.
    std::string shown() const { return scheme + "://" + host + path; }
};

/// InvalidArgument when it is none.
Result<Address> parse_address(const std::string& url);

/// Refuses all but https to `hosts` (empty: to any), and http from this machine to itself:
/// `from_local` says that the address that led here was local, or that there was none.
Status check_allowed(const Address& address, const std::vector<std::string>& hosts,
                     bool from_local);

}  // namespace pentimento::fetch
