// Errors that can be expected (files, settings, memory) travel as values; exceptions are for bugs.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace pentimento {

enum class ErrorCode {
    InvalidArgument,  // a setting is out of range or of the wrong type
    NotFound,         // a file, preset, architecture … does not exist
    Io,               // the system refused to read or write
    Corrupt,          // a file's contents contradict themselves or their checksum
    Unsupported,      // understood, but this build or format cannot do it
    TooLarge,         // refused before it could exhaust memory
    OutOfMemory,
    Cancelled,
    Numeric,   // NaN or infinity where a finite number is needed
    Conflict,  // not allowed in the present state
    Internal,  // a bug, caught at an edge
};

/// What happened, to what, and what the person can do about it.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;  ///< A sentence or two for the person.
    std::string detail;   ///< For the log: errno text, offsets, exception texts. May be empty.
};

/// Either a value or an Error. Test with `if (!result)` before `*result`.
template <class T>
class [[nodiscard]] Result {
  public:
    Result(T value) : value_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : value_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return value_.index() == 0; }
    bool ok() const { return value_.index() == 0; }

    T& operator*() & { return std::get<0>(value_); }
    const T& operator*() const& { return std::get<0>(value_); }
    T&& operator*() && { return std::get<0>(std::move(value_)); }
    T* operator->() { return &std::get<0>(value_); }
    const T* operator->() const { return &std::get<0>(value_); }

    const Error& error() const { return std::get<1>(value_); }

  private:
    std::variant<T, Error> value_;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error error) : error_(std::move(error)), failed_(true) {}

    explicit operator bool() const { return !failed_; }
    bool ok() const { return !failed_; }
    const Error& error() const { return error_; }

  private:
    Error error_;
    bool failed_ = false;
};

using Status = Result<void>;

}  // namespace pentimento
