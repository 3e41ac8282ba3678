// For what a graphics card does only a few times.
#pragma once

#include <torch/torch.h>

namespace pentimento::tensor {

/// While one lives, cuDNN takes the way to do a convolution that it believes to be the fastest.
/// Trying all of them, as it does for training, takes a second for each new size of a picture.
class WithoutSearch {
  public:
    WithoutSearch() { at::globalContext().setBenchmarkCuDNN(false); }
    ~WithoutSearch() { at::globalContext().setBenchmarkCuDNN(before_); }
    WithoutSearch(const WithoutSearch&) = delete;
    WithoutSearch& operator=(const WithoutSearch&) = delete;

  private:
    bool before_ = at::globalContext().benchmarkCuDNN();
};

}  // namespace pentimento::tensor
