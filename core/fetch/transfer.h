// One request over the network. Private to core/fetch.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace pentimento::fetch {

struct Request {
    std::string url;
    std::uint64_t from = 0;  ///< bytes that are there already
    std::uint64_t total = 0;
    std::string if_range;  ///< the ETag that they had; empty: not known
    double connect_seconds = 20;
    int stall_seconds = 30;
    bool direct = false;  ///< past any proxy

    /// The server sends everything although `from` > 0: what is there is to be dropped.
    std::function<Status()> restart;
    std::function<Status(const char* data, std::size_t size)> write;
    /// Bytes of this request's body so far; false cancels.
    std::function<bool(std::uint64_t received)> keep_going;
};

struct Response {
    enum class End {
        Complete,   ///< the whole body came
        Redirect,   ///< `text` is where to
        Again,      ///< cut off, stalled, or the server is overloaded: another try may do
        Useless,    ///< the Range was answered with nonsense: try again from the start
        Cancelled,  ///< keep_going returned false
        Failed,     ///< `error`
    } end = End::Failed;
    std::string text;  ///< Again: what happened
    std::string etag;  ///< strong ones only
    std::uint64_t received = 0;
    std::optional<Error> error;
};

Response transfer(const Request& request);

}  // namespace pentimento::fetch
