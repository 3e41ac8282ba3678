// The only ways in which a worker and its observers exchange values. All are thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace pentimento {

/// Holds the newest value only: a slow reader skips, a fast writer never waits.
template <class T>
class LatestSlot {
  public:
    void put(T value) {
        std::lock_guard lock(mutex_);
        value_ = std::move(value);
    }

    /// The newest value not yet taken, or nothing.
    std::optional<T> take() {
        std::lock_guard lock(mutex_);
        return std::exchange(value_, std::nullopt);
    }

    /// True while the last value waits to be taken; a writer may then skip making another.
    bool pending() const {
        std::lock_guard lock(mutex_);
        return value_.has_value();
    }

  private:
    mutable std::mutex mutex_;
    std::optional<T> value_;
};

/// Keeps every value, in order, until the reader takes them all at once.
/// With a bound, the oldest values give way; `dropped` counts them.
template <class T>
class AppendQueue {
  public:
    explicit AppendQueue(std::size_t bound = 1u << 20) : bound_(bound) {}

    void append(T value) {
        std::lock_guard lock(mutex_);
        if (values_.size() >= bound_) {
            const std::size_t drop = values_.size() / 2;
            values_.erase(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(drop));
            dropped_ += drop;
        }
        values_.push_back(std::move(value));
    }

    std::vector<T> take_all() {
        std::lock_guard lock(mutex_);
        return std::exchange(values_, {});
    }

    std::uint64_t dropped() const {
        std::lock_guard lock(mutex_);
        return dropped_;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<T> values_;
    std::size_t bound_;
    std::uint64_t dropped_ = 0;
};

}  // namespace pentimento
