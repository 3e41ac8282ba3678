// libcurl does the talking; what a server says about the body is checked before any of it is kept.
#include "core/fetch/transfer.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <memory>

#include "core/base/text.h"
#include "core/fetch/address.h"

namespace pentimento::fetch {
namespace {

constexpr int kPollMilliseconds = 100;
constexpr long kStallBytesPerSecond = 1000;
constexpr std::uint64_t kMaxErrorPage = 64 * 1024;  // what is read of a body nobody wants

/// What is between `begin` and the next character that is no digit, if anything.
std::optional<std::uint64_t> number_at(std::string_view text, std::size_t begin) {
    std::uint64_t value = 0;
    if (begin >= text.size()) return {};
    const auto parsed = std::from_chars(text.data() + begin, text.data() + text.size(), value);
    if (parsed.ec != std::errc()) return {};
    return value;
}

class Exchange {
  public:
    explicit Exchange(const Request& request) : request_(request) {}

    Response run() {
        static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
        const std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi(curl_multi_init(),
                                                                          curl_multi_cleanup);
        const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(),
                                                                       curl_easy_cleanup);
        if (ready != CURLE_OK || !multi || !easy)
            return failed({ErrorCode::Internal, "The network library could not be started.", {}});
        const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(
            request_.from > 0 && !request_.if_range.empty()
                ? curl_slist_append(nullptr, ("If-Range: " + request_.if_range).c_str())
                : nullptr,
            curl_slist_free_all);
        set_up(easy.get(), headers.get());
        curl_multi_add_handle(multi.get(), easy.get());
        const CURLcode code = work(multi.get());
        char* address = nullptr;
        curl_easy_getinfo(easy.get(), CURLINFO_REDIRECT_URL, &address);
        if (address != nullptr) redirect_ = address;
        curl_multi_remove_handle(multi.get(), easy.get());
        return judge(code);
    }

  private:
    void set_up(CURL* easy, curl_slist* headers) {
        curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
#if LIBCURL_VERSION_NUM >= 0x075500
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
        curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);  // each address is checked first
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_USERAGENT, "pentimento/" PENTIMENTO_VERSION);
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                         static_cast<long>(request_.connect_seconds * 1000));
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, kStallBytesPerSecond);
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request_.stall_seconds));
        if (request_.direct) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
        if (request_.from > 0)
            curl_easy_setopt(easy, CURLOPT_RANGE, (std::to_string(request_.from) + "-").c_str());
        if (headers != nullptr) curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, reason_);
        curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
        curl_easy_setopt(
            easy, CURLOPT_HEADERFUNCTION,
            +[](char* data, std::size_t, std::size_t size, void* self) {
                return static_cast<Exchange*>(self)->header({data, size}) ? size : 0;
            });
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
        curl_easy_setopt(
            easy, CURLOPT_WRITEFUNCTION,
            +[](char* data, std::size_t, std::size_t size, void* self) {
                return static_cast<Exchange*>(self)->body(data, size) ? size : 0;
            });
    }

    CURLcode work(CURLM* multi) {
        for (int running = 1; running > 0;) {
            if (curl_multi_perform(multi, &running) != CURLM_OK) return CURLE_FAILED_INIT;
            if (running > 0 && !request_.keep_going(received_)) {
                cancelled_ = true;
                return CURLE_ABORTED_BY_CALLBACK;
            }
            if (running > 0) curl_multi_poll(multi, nullptr, 0, kPollMilliseconds, nullptr);
        }
        int left = 0;
        const CURLMsg* message = curl_multi_info_read(multi, &left);
        return message != nullptr ? message->data.result : CURLE_FAILED_INIT;
    }

    /// False ends the exchange.
    bool header(std::string_view line) {
        while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
        if (line.starts_with("HTTP/")) {
            const auto space = line.find(' ');
            status_ = static_cast<long>(
                number_at(line, space == std::string_view::npos ? line.size() : space + 1)
                    .value_or(0));
            length_.reset();
            range_.clear();
            response_.etag.clear();
            return true;
        }
        if (line.empty()) return headers_complete();
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return true;
        std::string name(line.substr(0, colon));
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const auto start = line.find_first_not_of(" \t", colon + 1);
        const auto value =
            start == std::string_view::npos ? std::string_view() : line.substr(start);
        if (name == "content-length") length_ = number_at(value, 0);
        if (name == "content-range") range_ = value;
        // A weak one ("W/…") does not promise the same bytes.
        if (name == "etag" && value.starts_with('"') && value.size() < 200) response_.etag = value;
        return true;
    }

    bool headers_complete() {
        if (status_ == 200) {
            if (length_ && *length_ != request_.total) return another_size(*length_);
            if (request_.from == 0) return wanted_ = true;
            if (const Status restarted = request_.restart(); !restarted)
                return refuse(restarted.error());
            return wanted_ = true;
        }
        if (status_ == 206) {
            // "bytes 1000-9999/10000"
            const auto dash = range_.find('-'), slash = range_.find('/');
            const auto from = range_.starts_with("bytes ") ? number_at(range_, 6) : std::nullopt;
            const auto to = dash == std::string::npos ? std::nullopt : number_at(range_, dash + 1);
            const auto total =
                slash == std::string::npos ? std::nullopt : number_at(range_, slash + 1);
            if (from && total && *from == request_.from && *total != request_.total)
                return another_size(*total);
            if (!from || !to || *from != request_.from || *to >= request_.total ||
                (length_ && *length_ > request_.total - request_.from))
                return useless_ = true, false;
            return wanted_ = true;
        }
        return true;  // the body of anything else is passed over
    }

    bool body(const char* data, std::size_t size) {
        received_ += size;
        if (!wanted_) return received_ <= kMaxErrorPage;
        const std::uint64_t expected =
            request_.total - (status_ == 206 ? request_.from : std::uint64_t{0});
        if (received_ > expected) return another_size(request_.total - expected + received_);
        const Status written = request_.write(data, size);
        return written || refuse(written.error());
    }

    bool refuse(Error error) {
        response_.error = std::move(error);
        return false;
    }

    bool another_size(std::uint64_t size) {
        return refuse({ErrorCode::Corrupt,
                       "What " + host() + " has is not the published file: it has " +
                           format_count(static_cast<std::int64_t>(size)) + " bytes or more, not " +
                           format_count(static_cast<std::int64_t>(request_.total)) +
                           ". Nothing of it was kept. Use another address, or get the file by "
                           "hand and name it.",
                       {}});
    }

    std::string host() const {
        const auto address = parse_address(request_.url);
        return address ? address->host : "the server";
    }
    std::string shown() const {
        const auto address = parse_address(request_.url);
        return address ? address->shown() : "the address";
    }

    Response finish(Response::End end, std::string text = {}) {
        response_.end = end;
        response_.text = std::move(text);
        response_.received = wanted_ ? received_ : 0;
        return response_;
    }
    Response failed(Error error) {
        response_.error = std::move(error);
        return finish(Response::End::Failed);
    }

    Response judge(CURLcode code) {
        if (response_.error) return finish(Response::End::Failed);
        if (cancelled_) return finish(Response::End::Cancelled);
        if (useless_ || (status_ == 416 && request_.from > 0))
            return finish(Response::End::Useless, host() + " could not go on where it stopped");
        if (status_ >= 300 && status_ < 400) {
            if (redirect_.empty())
                return failed({ErrorCode::Io,
                               host() + " answered " + std::to_string(status_) +
                                   " without saying where the file is. Use another address.",
                               {}});
            return finish(Response::End::Redirect, redirect_);
        }
        if (status_ == 429 || status_ >= 500)
            return finish(Response::End::Again,
                          host() + " answered with the error " + std::to_string(status_));
        if (status_ == 404 || status_ == 410)
            return failed({ErrorCode::NotFound,
                           shown() + " is not there (the server answers " +
                               std::to_string(status_) +
                               "). Use another address, or get the file by hand and name it.",
                           {}});
        if (status_ >= 400)
            return failed({ErrorCode::Io,
                           host() + " does not give the file out (it answers " +
                               std::to_string(status_) + "). Use another address.",
                           {}});
        return judge_connection(code);
    }

    Response judge_connection(CURLcode code) {
        const std::string detail =
            std::string(curl_easy_strerror(code)) + (reason_[0] ? ": " : "") + reason_;
        switch (code) {
            case CURLE_OK:
                if (wanted_) return finish(Response::End::Complete);
                return failed({ErrorCode::Io,
                               host() + " did not give the file. Use another address.", detail});
            case CURLE_COULDNT_RESOLVE_HOST:
            case CURLE_COULDNT_RESOLVE_PROXY:
                return failed({ErrorCode::Io,
                               "There is no way to " + host() +
                                   ": its name cannot be found. Check the network connection and "
                                   "try again; what has come already is kept.",
                               detail});
            case CURLE_PEER_FAILED_VERIFICATION:
            case CURLE_SSL_CACERT_BADFILE:
            case CURLE_SSL_ISSUER_ERROR:
                return failed({ErrorCode::Io,
                               "The certificate of " + host() +
                                   " cannot be verified, so nothing was taken from there. Check "
                                   "the clock, and that the package ca-certificates is installed.",
                               detail});
            case CURLE_OPERATION_TIMEDOUT:
                response_ = finish(Response::End::Again, host() + " sent nothing for too long");
                break;
            case CURLE_COULDNT_CONNECT:
                response_ = finish(Response::End::Again, host() + " does not answer");
                break;
            default:
                response_ = finish(Response::End::Again, "the connection to " + host() + " broke");
        }
        response_.error = Error{ErrorCode::Io, {}, detail};
        return response_;
    }

    const Request& request_;
    Response response_;
    long status_ = 0;
    std::optional<std::uint64_t> length_;
    std::string range_, redirect_;
    std::uint64_t received_ = 0;
    bool wanted_ = false;  ///< the body is (part of) the file
    bool useless_ = false, cancelled_ = false;
    char reason_[CURL_ERROR_SIZE] = {};
};

}  // namespace

Response transfer(const Request& request) {
    return Exchange(request).run();
}

}  // namespace pentimento::fetch
