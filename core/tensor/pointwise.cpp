#include "core/tensor/pointwise.h"

#include <algorithm>
#include <vector>

#include "core/tensor/activation.h"
#include "core/tensor/parallel.h"
#include "core/tensor/pointwise_plane.h"

#ifdef PENTIMENTO_ONEDNN
#include "core/tensor/onednn.h"
#endif

namespace pentimento::tensor::pointwise {
namespace {

using torch::Tensor;

/// Of pictures [N, C, H, W], or their gradients: C rows of pixels each.
Tensor rows(const Tensor& pictures) {
    return pictures.flatten(2).contiguous();
}

Tensor pictures_of(const Tensor& rows, const Tensor& like) {
    return rows.view({like.size(0), rows.size(1), like.size(2), like.size(3)});
}

bool is_single(const Tensor& a, const Tensor& b) {
    return a.scalar_type() == torch::kFloat32 && b.scalar_type() == torch::kFloat32;
}

std::int64_t pixels_of(const Tensor& pictures) {
    return pictures.size(2) * pictures.size(3);
}

/// Whether so many pixels fill registers, if need be with some zeros after them.
bool fill_registers(std::int64_t pixels) {
    return pixels > 0 && (pixels % lanes(widest()) == 0 || pixels >= 4 * lanes(widest()));
}

/// Whether our own loops are the fastest way, measured with AVX-512 for 3 … 512 channels and 16 …
/// 4096 pixels: up to 115 GFLOP/s on one core where oneDNN's products reach 60 … 105. Where rows of
/// pixels are pages apart, the first-level cache holds few of them at a time, and oneDNN, which
/// copies them first, overtakes.
bool loops_multiply(std::int64_t in, std::int64_t pixels) {
    return fill_registers(pixels) && (in <= 96 || pixels <= 512);
}

/// The same for the gradient by the weights. Sums over few pixels take as long to add up as to
/// compute, and with many channels oneDNN's reordering is soon paid.
bool loops_find_gradient(const Tensor& x, const Tensor& y) {
    const std::int64_t pixels = pixels_of(x);
    return fill_registers(pixels) &&
           (x.size(0) * pixels >= 512 || x.size(1) * y.size(1) <= 64 * 128);
}

/// With as many zeros after each row as fill the last register.
Tensor padded(const Tensor& rows) {
    const std::int64_t rest = rows.size(2) % lanes(widest());
    return rest == 0 ? rows : at::constant_pad_nd(rows, {0, lanes(widest()) - rest});
}

/// How many parts of `work` numbers each are worth a thread of their own.
std::int64_t worthwhile(std::int64_t work) {
    return std::max<std::int64_t>(1, (1 << 19) / std::max<std::int64_t>(1, work));
}

/// For each picture y = a·x, plus the bias of each row, activated, by our own loops.
Tensor multiplied(const Tensor& pictures, const Tensor& matrix, bool transposed, const Tensor& bias,
                  const LeakyRelu* activation) {
    const Tensor x = padded(rows(pictures)), a = matrix.contiguous(),
                 b = bias.defined() ? bias.contiguous() : bias;
    const Shape shape{x.size(0), x.size(1), a.numel() / x.size(1), x.size(2)};
    std::vector<float> packed(static_cast<std::size_t>(a.numel()));
    pack(a.data_ptr<float>(), shape.out, shape.in, transposed, packed.data());
    const Tensor y = at::empty({shape.pictures, shape.out, shape.pixels}, x.options());
    const float* const in = x.data_ptr<float>();
    const Finish finish{b.defined() ? b.data_ptr<float>() : nullptr, activation};
    float* const out = y.data_ptr<float>();
    const std::int64_t parts = panels(shape);
    parallel_for(parts, worthwhile(y.numel() * shape.in / std::max<std::int64_t>(1, parts)),
                 [&](std::int64_t begin, std::int64_t end) {
                     multiply(shape, in, packed.data(), finish, begin, end, out);
                 });
    return pictures_of(y.narrow(2, 0, pixels_of(pictures)).contiguous(), pictures);
}

/// Σ y·xᵀ over all pictures by our own loops.
Tensor correlated(const Tensor& pictures, const Tensor& gradient) {
    const Tensor x = padded(rows(pictures)), y = padded(rows(gradient));
    const Shape shape{x.size(0), x.size(1), y.size(1), x.size(2)};
    const Tensor w = at::zeros({shape.out, shape.in}, x.options());
    const float *const in = x.data_ptr<float>(), *const out = y.data_ptr<float>();
    float* const result = w.data_ptr<float>();
    const std::int64_t parts = blocks(shape);
    parallel_for(parts, worthwhile(y.numel() * shape.in / std::max<std::int64_t>(1, parts)),
                 [&](std::int64_t begin, std::int64_t end) {
                     weight_gradient(shape, in, out, begin, end, result);
                 });
    return w;
}

#ifdef PENTIMENTO_ONEDNN

/// A matrix as it lies in memory, row after row, or its transpose.
struct Matrix {
    const float* data;
    std::int64_t columns;  ///< as it lies
    bool transposed = false;
};

/// c [m, n] = a·b + beta·c, with k products for each number. Within `parallel_for` on one thread.
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix& a, const Matrix& b,
              float beta, float* c) {
    const auto status = dnnl_sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', m, n, k,
                                   1.0f, a.data, a.columns, b.data, b.columns, beta, c, n);
    TORCH_CHECK(status == dnnl_success, "oneDNN's product of matrices failed");
}

/// Each picture by itself; where there are too few for all threads, the products use them.
void for_each_picture(std::int64_t count, const std::function<void(std::int64_t)>& work) {
    const auto stretch = [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) work(i);
    };
    count < at::get_num_threads() ? stretch(0, count) : parallel_for(count, 1, stretch);
}

/// For each picture y = a·x, plus the bias of each row.
Tensor mapped(const Tensor& pictures, const Tensor& matrix, bool transposed, const Tensor& bias) {
    const Tensor x = rows(pictures), a = matrix.contiguous(),
                 b = bias.defined() ? bias.contiguous() : bias;
    const std::int64_t k = x.size(1), n = x.size(2), m = a.numel() / k;
    const Tensor y = at::empty({x.size(0), m, n}, x.options());
    const float *const in = x.data_ptr<float>(), *const factors = a.data_ptr<float>(),
                       *const biases = b.defined() ? b.data_ptr<float>() : nullptr;
    float* const out = y.data_ptr<float>();
    if (y.numel() > 0)
        for_each_picture(x.size(0), [&](std::int64_t i) {
            float* const to = out + i * m * n;
            for (std::int64_t row = 0; biases && row < m; ++row)
                std::fill_n(to + row * n, n, biases[row]);
            multiply(m, n, k, {factors, a.size(1), transposed}, {in + i * k * n, n},
                     biases ? 1.0f : 0.0f, to);
        });
    return pictures_of(y, pictures);
}

/// Σ y·xᵀ over all pictures, each thread some rows of it. oneDNN is slow at taking a long and
/// narrow factor transposed, so x is brought into that order first.
Tensor products(const Tensor& pictures, const Tensor& gradient) {
    const Tensor x = rows(pictures), y = rows(gradient);
    const std::int64_t m = y.size(1), n = x.size(1), k = x.size(2);
    const Tensor w = at::zeros({m, n}, x.options());
    if (x.numel() == 0 || m == 0) return w;
    const Tensor columns = at::empty({x.size(0), k, n}, x.options());
    onednn::reorder(onednn::over(onednn::described(x, onednn::Tag::abc), x),
                    onednn::over(onednn::described(x, onednn::Tag::acb), columns));
    const float *const in = columns.data_ptr<float>(), *const out = y.data_ptr<float>();
    float* const result = w.data_ptr<float>();
    constexpr std::int64_t kRows = 16;  // that a product has at least
    parallel_for(m, kRows, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = 0; i < x.size(0); ++i)
            multiply(end - begin, n, k, {out + (i * m + begin) * k, k}, {in + i * n * k, n}, 1,
                     result + begin * n);
    });
    return w;
}

#endif

Tensor for_all(const Tensor& matrix, const Tensor& pictures) {
    return matrix.expand({pictures.size(0), -1, -1});
}

/// Not by our own loops.
Tensor convolved(const Tensor& x, const Tensor& matrix, const Tensor& bias) {
#ifdef PENTIMENTO_ONEDNN
    if (is_single(x, matrix)) return mapped(x, matrix, /*transposed=*/false, bias);
#endif
    return pictures_of(bias.defined()
                           ? at::baddbmm(bias.view({1, -1, 1}), for_all(matrix, x), rows(x))
                           : at::bmm(for_all(matrix, x), rows(x)),
                       x);
}

}  // namespace

bool suits(const Tensor& x, const Tensor& w, const ConvolutionGeometry& g) {
    return x.is_cpu() && w.is_cpu() && x.dim() == 4 && w.dim() == 4 && w.size(2) == 1 &&
           w.size(3) == 1 && g.stride == 1 && g.padding == 0 && g.groups == 1 &&
           x.size(1) == w.size(1);
}

Tensor convolve(const Tensor& x, const Tensor& w, const Tensor& bias, const LeakyRelu* activation) {
    const Tensor matrix = w.flatten(1);
    if (is_single(x, w) && loops_multiply(x.size(1), pixels_of(x)))
        return multiplied(x, matrix, /*transposed=*/false, bias, activation);
    const Tensor y = convolved(x, matrix, bias);
    if (activation) activate(*activation, {}, y);
    return y;
}

Tensor by_input(const Tensor& y, const Tensor& w) {
    const Tensor matrix = w.flatten(1);
    if (is_single(y, w) && loops_multiply(y.size(1), pixels_of(y)))
        return multiplied(y, matrix, /*transposed=*/true, {}, nullptr);
#ifdef PENTIMENTO_ONEDNN
    if (is_single(y, w)) return mapped(y, matrix, /*transposed=*/true, {});
#endif
    return pictures_of(at::bmm(for_all(matrix.t(), y), rows(y)), y);
}

Tensor by_weight(const Tensor& x, const Tensor& y) {
    const auto shaped = [](const Tensor& matrix) { return matrix.unsqueeze(2).unsqueeze(3); };
    if (is_single(x, y) && loops_find_gradient(x, y)) return shaped(correlated(x, y));
#ifdef PENTIMENTO_ONEDNN
    if (is_single(x, y)) return shaped(products(x, y));
#endif
    return shaped(at::bmm(rows(y), rows(x).transpose(1, 2)).sum(0));
}

}  // namespace pentimento::tensor::pointwise
