// A small HTTP server on the loopback address that behaves as badly as a test tells it to.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace pentimento {

class Server {
  public:
    struct Asked {
        std::string path;
        long from = -1;  ///< of "Range: bytes=from-"; −1 without
        std::string if_range;
    };
    class Connection {
      public:
        Connection(int fd, const std::atomic<bool>& stop) : fd_(fd), stop_(stop) {}
        void send(std::string_view bytes) const {
            while (!bytes.empty()) {
                const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
                if (sent <= 0) return;
                bytes.remove_prefix(static_cast<std::size_t>(sent));
            }
        }
        /// Status line and headers, then the body.
        void answer(const std::string& status, const std::string& headers,
                    std::string_view body = {}) const {
            send("HTTP/1.1 " + status + "\r\n" + headers + "Connection: close\r\n\r\n");
            send(body);
        }
        /// The body with its true length.
        void whole(std::string_view body, const std::string& headers = {}) const {
            answer("200 OK", headers + "Content-Length: " + std::to_string(body.size()) + "\r\n",
                   body);
        }
        void part(std::string_view body, long from, const std::string& headers = {}) const {
            const auto rest = body.substr(static_cast<std::size_t>(from));
            answer("206 Partial Content",
                   headers + "Content-Length: " + std::to_string(rest.size()) +
                       "\r\nContent-Range: bytes " + std::to_string(from) + "-" +
                       std::to_string(body.size() - 1) + "/" + std::to_string(body.size()) + "\r\n",
                   rest);
        }
        /// Says nothing more until the other side or the test gives up.
        void stall() const {
            char byte = 0;
            while (!stop_) {
                pollfd waiting{fd_, POLLIN, 0};
                if (::poll(&waiting, 1, 20) > 0 && ::recv(fd_, &byte, 1, 0) <= 0) return;
            }
        }

      private:
        int fd_;
        const std::atomic<bool>& stop_;
    };
    using Handler = std::function<void(const Connection&, const Asked&)>;

    explicit Server(Handler handler) : handler_(std::move(handler)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        const bool ready =
            ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
            ::listen(listener_, 8) == 0 &&
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
        port_ = ready ? ntohs(address.sin_port) : 0;
        thread_ = std::thread([this] { serve(); });
    }
    ~Server() {
        stop_ = true;
        thread_.join();
        ::close(listener_);
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(port_) + path;
    }
    std::vector<Asked> asked() const {
        std::lock_guard lock(mutex_);
        return asked_;
    }

  private:
    void serve() {
        while (!stop_) {
            pollfd waiting{listener_, POLLIN, 0};
            if (::poll(&waiting, 1, 20) <= 0) continue;
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) continue;
            std::string head;
            char buffer[2048];
            while (head.find("\r\n\r\n") == std::string::npos) {
                const auto got = ::recv(fd, buffer, sizeof buffer, 0);
                if (got <= 0) break;
                head.append(buffer, static_cast<std::size_t>(got));
            }
            const Asked asked = read(head);
            {
                std::lock_guard lock(mutex_);
                asked_.push_back(asked);
            }
            handler_(Connection(fd, stop_), asked);
            ::close(fd);
        }
    }

    static Asked read(const std::string& head) {
        Asked asked;
        const auto begin = head.find(' ') + 1;
        asked.path = head.substr(begin, head.find(' ', begin) - begin);
        const auto value = [&](const std::string& name) {
            const auto at = head.find(name);
            return at == std::string::npos
                       ? std::string()
                       : head.substr(at + name.size(), head.find("\r\n", at) - at - name.size());
        };
        if (const auto range = value("Range: bytes="); !range.empty())
            asked.from = std::stol(range);
        asked.if_range = value("If-Range: ");
        return asked;
    }

    Handler handler_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<bool> stop_{false};
    mutable std::mutex mutex_;
    std::vector<Asked> asked_;
    std::thread thread_;
};

}  // namespace pentimento
