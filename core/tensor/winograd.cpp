// oneDNN's Winograd convolutions, each in the layout that it likes best.
#include "core/tensor/winograd.h"

#ifdef PENTIMENTO_ONEDNN

#include <array>
#include <string>

#include "core/tensor/onednn.h"

namespace pentimento::tensor {
namespace onednn {

bool has_winograd() {
    static const bool has = [] {
        try {
            const auto at = described({1, 64, 32, 32}, Tag::nChw16c);
            const dnnl::convolution_forward::primitive_desc made(
                {dnnl::prop_kind::forward_training,
                 dnnl::algorithm::convolution_winograd,
                 at,
                 described({64, 64, 3, 3}, Tag::any),
                 at,
                 {1, 1},
                 {1, 1},
                 {1, 1}},
                engine());
            return std::string(made.impl_info_str()).find("wino") != std::string::npos;
        } catch (const dnnl::error&) {
            return false;
        }
    }();
    return has;
}

}  // namespace onednn

namespace {

using namespace onednn;
using torch::Tensor;

/// Fewer products than this, and the preparations take longer than what they save.
constexpr std::int64_t kWorthwhile = 1 << 22;

/// A convolution at one size.
struct Plan {
    Desc input, weight, output;                 // as the forward pass wants them
    Desc input_back, weight_back, output_back;  // as the weight's gradient does
    Step forward, backward;
};

/// Pictures of the input, its channels, height and width, channels of the output, padding.
using Key = std::array<std::int64_t, 6>;

Plan plan_of(const Key& key) {
    const std::int64_t out = key[4], padding = key[5];
    const auto any = [](const dnnl::memory::dims& dims) { return described(dims, Tag::any); };
    const auto x = any({key[0], key[1], key[2], key[3]}), w = any({out, key[1], 3, 3}),
               y = any({key[0], out, key[2] + 2 * padding - 2, key[3] + 2 * padding - 2});
    const auto forward = [&](dnnl::algorithm how) {
        return dnnl::convolution_forward::primitive_desc({dnnl::prop_kind::forward_training,
                                                          how,
                                                          x,
                                                          w,
                                                          y,
                                                          {1, 1},
                                                          {padding, padding},
                                                          {padding, padding}},
                                                         own_scratch(), engine());
    };
    const auto there = best(true, forward);
    const auto back = best(true, [&](dnnl::algorithm how) {
        return dnnl::convolution_backward_weights::primitive_desc(
            {how, x, w, y, {1, 1}, {padding, padding}, {padding, padding}}, own_scratch(), engine(),
            forward(how));
    });
    Plan plan;
    plan.input = there.src_desc();
    plan.weight = there.weights_desc();
    plan.output = there.dst_desc();
    plan.input_back = back.src_desc();
    plan.weight_back = back.diff_weights_desc();
    plan.output_back = back.diff_dst_desc();
    plan.forward = {dnnl::convolution_forward(there), there};
    plan.backward = {dnnl::convolution_backward_weights(back), back};
    return plan;
}

std::shared_ptr<const Plan> plan_for(const Tensor& input, std::int64_t out, std::int64_t padding) {
    static Plans<Key, Plan> plans;
    const Key key{input.size(0), input.size(1), input.size(2), input.size(3), out, padding};
    return plans.get(key, [&] { return plan_of(key); });
}

/// `tensor` in another layout; itself when it is in that one.
Tensor as(const Tensor& tensor, const Desc& wanted, Tag plain) {
    const auto own = described(tensor, plain);
    if (own == wanted) return tensor;
    const Tensor other = bytes(wanted.get_size());
    reorder(over(own, tensor), over(wanted, other));
    return other;
}

/// Runs `step`, whose result comes in the layout `from`; returns it in LibTorch's.
Tensor result_of(const Step& step, Arguments arguments, int argument, const Desc& from,
                 const dnnl::memory::dims& sizes, Tag plain) {
    const Tensor result = torch::empty(sizes, torch::kFloat32);
    const auto wanted = described(sizes, plain);
    const Tensor place = from == wanted ? result : bytes(from.get_size());
    arguments.emplace(argument, over(from, place));
    step.run(std::move(arguments));
    if (!(from == wanted)) reorder(over(from, place), over(wanted, result));
    return result;
}

}  // namespace

namespace winograd {

bool suits(const Tensor& x, const Tensor& w, const ConvolutionGeometry& g) {
    const auto plain = [](const Tensor& t) {
        return t.is_cpu() && t.scalar_type() == torch::kFloat32;
    };
    if (g.stride != 1 || g.groups != 1 || x.dim() != 4 || w.dim() != 4 || w.size(2) != 3 ||
        w.size(3) != 3 || x.size(1) != w.size(1) || g.padding < 0 || g.padding > 2 || !plain(x) ||
        !plain(w))
        return false;
    const std::int64_t in = w.size(1), out = w.size(0);
    return in >= kWinogradChannels && out >= kWinogradChannels && in % kBlock == 0 &&
           out % kBlock == 0 && x.size(2) + 2 * g.padding >= 3 && x.size(3) + 2 * g.padding >= 3 &&
           x.numel() * out * 9 >= kWorthwhile && has_winograd();
}

Tensor convolve(const Tensor& input_pictures, const Tensor& filters, std::int64_t padding) {
    const Tensor x = input_pictures.contiguous(), w = filters.contiguous();
    const auto plan = plan_for(x, w.size(0), padding);
    const Tensor input = as(x, plan->input, Tag::nchw), weight = as(w, plan->weight, Tag::oihw);
    return result_of(
        plan->forward,
        {{DNNL_ARG_SRC, over(plan->input, input)}, {DNNL_ARG_WEIGHTS, over(plan->weight, weight)}},
        DNNL_ARG_DST, plan->output,
        {x.size(0), w.size(0), x.size(2) + 2 * padding - 2, x.size(3) + 2 * padding - 2},
        Tag::nchw);
}

Tensor by_input(const Tensor& y, const Tensor& w, std::int64_t padding) {
    return convolve(y, w.flip({2, 3}).transpose(0, 1), 2 - padding);
}

Tensor by_weight(const Tensor& input_pictures, const Tensor& gradient, std::int64_t padding) {
    const Tensor x = input_pictures.contiguous(), y = gradient.contiguous();
    const auto plan = plan_for(x, y.size(1), padding);
    const Tensor input = as(x, plan->input_back, Tag::nchw),
                 output = as(y, plan->output_back, Tag::nchw);
    return result_of(plan->backward,
                     {{DNNL_ARG_SRC, over(plan->input_back, input)},
                      {DNNL_ARG_DIFF_DST, over(plan->output_back, output)}},
                     DNNL_ARG_DIFF_WEIGHTS, plan->weight_back, {y.size(1), x.size(1), 3, 3},
                     Tag::oihw);
}

}  // namespace winograd
}  // namespace pentimento::tensor

#endif
