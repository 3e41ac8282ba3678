// Work of a graphics card that is recorded once and from then on launched as a whole: a CUDA graph.
// Launching hundreds of small operations one by one takes a processor longer than the card needs
// for them.
#pragma once

#include <torch/torch.h>

#include <functional>
#include <memory>
#include <string>

namespace pentimento::tensor {

/// Runs pieces of work from recordings where there is a device that can make them.
///
/// A recording repeats the very same operations on the very same memory. So recorded work
///  - works on tensors that stay where they are: whoever has new inputs copies them into old ones;
///  - leaves its results in tensors that the next run overwrites;
///  - takes numbers that change from Dials, and chance from the device's own generator
///    (device_generator());
///  - reads nothing back and decides nothing by what it computed.
/// All work of one Recorder happens on one stream, which waits for what the caller's stream has to
/// do and is waited for by it.
class Recorder {
  public:
    explicit Recorder(const torch::Device& device);
    ~Recorder();
    Recorder(Recorder&&) noexcept;
    Recorder& operator=(Recorder&&) noexcept;

    /// Whether recordings are made at all: never on the CPU.
    bool records() const { return impl_ != nullptr; }
    /// Does `work`: as it is for the first two times with this key, while lasting tensors come
    /// about; then from its recording. Work that cannot be recorded is done as it is for ever.
    void run(const std::string& key, const std::function<void()>& work);
    /// Does `work` as it is, in turn with what is recorded.
    void run_plainly(const std::function<void()>& work);
    /// Drops all recordings, for when something that they took as given has changed.
    void forget();
    /// Recordings at present, for tests.
    std::size_t count() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pentimento::tensor
