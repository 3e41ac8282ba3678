// Activations stay in blocks of 16 channels from the first convolution to the deepest tap; only
// what is asked for is written out in LibTorch's layout.
#include "core/nn/features/frozen_chain.h"

#ifdef PENTIMENTO_ONEDNN

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "core/tensor/onednn.h"

namespace pentimento::nn {
namespace {

using namespace tensor::onednn;
using torch::Tensor;

/// A link at one size of picture.
struct Node {
    Desc in, out;                ///< activations
    Desc plain;                  ///< `out` in LibTorch's layout
    Desc in_back;                ///< the gradient of `in`: in blocks also where that is plain
    Desc weights, weights_back;  ///< of a convolution
    Desc workspace;              ///< of a pooling by maximum: where it was
    Step forward, backward, relu_back;
};

using Shape = std::array<std::int64_t, 4>;
struct Plan {
    std::vector<Node> nodes;
};

}  // namespace

struct FrozenChain::Impl {
    std::vector<ChainLink> links;

    std::shared_ptr<const Plan> plan_for(const Shape& shape) {
        return plans_.get(shape, [&] { return make_plan(shape); });
    }

    /// The weights of a link in the layout that a primitive asks for; made once for each.
    Tensor weights_as(std::size_t link, const Desc& wanted) {
        const std::lock_guard lock(mutex_);
        auto& known = weights_[link];
        for (const auto& [desc, tensor] : known)
            if (desc == wanted) return tensor;
        const Tensor& weight = links[link].weight;
        const auto plain = described(weight, Tag::oihw);
        Tensor blocked = bytes(wanted.get_size());
        reorder(over(plain, weight), over(wanted, blocked));
        known.emplace_back(wanted, blocked);
        return blocked;
    }

    static dnnl::convolution_forward::primitive_desc convolution(dnnl::algorithm algorithm,
                                                                 const Desc& in,
                                                                 const Desc& weights,
                                                                 const Desc& bias, const Desc& out,
                                                                 std::int64_t padding) {
        auto attributes = own_scratch();
        dnnl::post_ops relu;
        relu.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
        attributes.set_post_ops(relu);
        return {{dnnl::prop_kind::forward_training,
                 algorithm,
                 in,
                 weights,
                 bias,
                 out,
                 {1, 1},
                 {padding, padding},
                 {padding, padding}},
                attributes,
                engine()};
    }
    static dnnl::convolution_backward_data::primitive_desc convolution_back(
        dnnl::algorithm algorithm, const Desc& in, const Desc& weights, const Desc& bias,
        const Desc& out, std::int64_t padding) {
        const dnnl::convolution_forward::primitive_desc hint({dnnl::prop_kind::forward_training,
                                                              algorithm,
                                                              in,
                                                              weights,
                                                              bias,
                                                              out,
                                                              {1, 1},
                                                              {padding, padding},
                                                              {padding, padding}},
                                                             engine());
        return {{algorithm, in, weights, out, {1, 1}, {padding, padding}, {padding, padding}},
                own_scratch(),
                engine(),
                hint};
    }

  private:
    Plan make_plan(const Shape& shape) const {
        Plan plan;
        dnnl::memory::dims at(shape.begin(), shape.end());
        auto in = described(at, Tag::nchw);
        for (const ChainLink& link : links) {
            dnnl::memory::dims to = at;
            if (link.weight.defined()) {
                to[1] = link.weight.size(0);
                to[2] += 2 * link.padding - 2;
                to[3] += 2 * link.padding - 2;
            } else {
                to[2] /= 2;
                to[3] /= 2;
            }
            if (to[2] < 1 || to[3] < 1) break;  // deeper layers have no pixel
            Node node;
            node.in = in;
            node.out = described(to, Tag::nChw16c);
            node.plain = described(to, Tag::nchw);
            if (link.weight.defined())
                plan_convolution(node, link);
            else
                plan_pooling(node, link);
            in = node.out;
            at = to;
            plan.nodes.push_back(std::move(node));
        }
        return plan;
    }

    static void plan_convolution(Node& node, const ChainLink& link) {
        const auto weights = described(link.weight, Tag::any);
        const auto bias = described(link.bias, Tag::x);
        const std::int64_t out = link.weight.size(0), in = link.weight.size(1);
        const auto forward =
            best(in >= kWinogradChannels && out >= kWinogradChannels, [&](auto how) {
                return convolution(how, node.in, weights, bias, node.out, link.padding);
            });
        node.forward = {dnnl::convolution_forward(forward), forward};
        node.weights = forward.weights_desc();
        const auto backward = best(true, [&](auto how) {
            // With its input in LibTorch's layout, there are only slow ways back.
            return convolution_back(how, described(node.in.dims(), Tag::any), weights, bias,
                                    node.out, link.padding);
        });
        node.backward = {dnnl::convolution_backward_data(backward), backward};
        node.in_back = backward.diff_src_desc();
        node.weights_back = backward.weights_desc();
        // By what came out of the ReLU, which is kept in any case, not by what went in.
        constexpr auto kRelu = dnnl::algorithm::eltwise_relu_use_dst_for_bwd;
        const dnnl::eltwise_forward::primitive_desc hint(
            {dnnl::prop_kind::forward_training, kRelu, node.out, 0, 0}, engine());
        const dnnl::eltwise_backward::primitive_desc relu({kRelu, node.out, node.out, 0, 0},
                                                          own_scratch(), engine(), hint);
        node.relu_back = {dnnl::eltwise_backward(relu), relu};
    }

    static void plan_pooling(Node& node, const ChainLink& link) {
        const auto how = link.pooling == Pooling::Average
                             ? dnnl::algorithm::pooling_avg_exclude_padding
                             : dnnl::algorithm::pooling_max;
        const bool overlaps = link.pooling == Pooling::Overlapping;
        const dnnl::memory::dims stride{2, 2}, none{0, 0};
        const auto window = overlaps ? dnnl::memory::dims{3, 3} : stride;
        const auto before = overlaps ? dnnl::memory::dims{1, 1} : none;
        const dnnl::pooling_forward::primitive_desc forward(
            {dnnl::prop_kind::forward_training, how, node.in, node.out, stride, window, before,
             none},
            own_scratch(), engine());
        const dnnl::pooling_backward::primitive_desc backward(
            {how, node.in, node.out, stride, window, before, none}, own_scratch(), engine(),
            forward);
        node.forward = {dnnl::pooling_forward(forward), forward};
        node.backward = {dnnl::pooling_backward(backward), backward};
        node.in_back = node.in;
        if (link.pooling != Pooling::Average) node.workspace = forward.workspace_desc();
    }

    Plans<Shape, Plan> plans_;
    std::mutex mutex_;  ///< of what follows
    std::map<std::size_t, std::vector<std::pair<Desc, Tensor>>> weights_;
};

namespace {

/// One call: what the way back needs of the way there.
struct Call : torch::CustomClassHolder {
    std::shared_ptr<FrozenChain::Impl> chain;
    std::shared_ptr<const Plan> plan;
    std::vector<std::size_t> taps;
    bool keep = false;
    std::vector<Tensor> outputs;     ///< by link, in blocks
    std::vector<Tensor> workspaces;  ///< of poolings by maximum
    std::vector<std::int64_t> input_sizes;

    std::size_t depth() const { return *std::max_element(taps.begin(), taps.end()) + 1; }

    std::vector<Tensor> there(const Tensor& input) {
        std::vector<Tensor> found(taps.size());
        outputs.resize(depth());
        workspaces.resize(depth());
        Tensor x = input;
        for (std::size_t i = 0; i < depth(); ++i) {
            const Node& node = plan->nodes[i];
            const Tensor out = bytes(node.out.get_size());
            Arguments arguments{{DNNL_ARG_SRC, over(node.in, x)},
                                {DNNL_ARG_DST, over(node.out, out)}};
            Tensor weights;
            if (const ChainLink& link = chain->links[i]; link.weight.defined()) {
                weights = chain->weights_as(i, node.weights);
                arguments.emplace(DNNL_ARG_WEIGHTS, over(node.weights, weights));
                arguments.emplace(DNNL_ARG_BIAS, over(described(link.bias, Tag::x), link.bias));
            } else if (link.pooling != Pooling::Average) {
                workspaces[i] = bytes(node.workspace.get_size());
                arguments.emplace(DNNL_ARG_WORKSPACE, over(node.workspace, workspaces[i]));
            }
            node.forward.run(std::move(arguments));
            for (std::size_t t = 0; t < taps.size(); ++t) {
                if (taps[t] != i) continue;
                found[t] = torch::empty(node.plain.dims(), torch::kFloat32);
                reorder(over(node.out, out), over(node.plain, found[t]));
            }
            if (keep)
                outputs[i] = out;
            else
                workspaces[i] = Tensor();
            x = out;
        }
        return found;
    }

    Tensor back(const std::vector<Tensor>& gradients) {
        Tensor gradient;  // of the output of link i, in blocks
        for (std::size_t i = depth(); i-- > 0;) {
            const Node& node = plan->nodes[i];
            for (std::size_t t = 0; t < taps.size(); ++t) {
                if (taps[t] != i || !gradients[t].defined()) continue;
                const Tensor plain = gradients[t].contiguous();
                const bool add = gradient.defined();
                if (!add) gradient = bytes(node.out.get_size());
                reorder(over(node.plain, plain), over(node.out, gradient), add);
            }
            if (!gradient.defined()) continue;
            const bool convolution = chain->links[i].weight.defined();
            const dnnl::memory outward = over(node.out, gradient);
            TORCH_CHECK(outputs[i].defined(), "This way back has been gone already.");
            if (convolution)
                node.relu_back.run({{DNNL_ARG_DST, over(node.out, outputs[i])},
                                    {DNNL_ARG_DIFF_DST, outward},
                                    {DNNL_ARG_DIFF_SRC, outward}});
            const Tensor next = bytes(node.in_back.get_size());
            Arguments arguments{{DNNL_ARG_DIFF_DST, outward},
                                {DNNL_ARG_DIFF_SRC, over(node.in_back, next)}};
            Tensor weights;
            if (convolution) {
                weights = chain->weights_as(i, node.weights_back);
                arguments.emplace(DNNL_ARG_WEIGHTS, over(node.weights_back, weights));
            } else if (workspaces[i].defined()) {
                arguments.emplace(DNNL_ARG_WORKSPACE, over(node.workspace, workspaces[i]));
            }
            node.backward.run(std::move(arguments));
            gradient = next;
            outputs[i] = Tensor();
        }
        if (!gradient.defined()) return torch::zeros(input_sizes, torch::kFloat32);
        const Tensor plain = torch::empty(input_sizes, torch::kFloat32);
        reorder(over(plan->nodes[0].in_back, gradient),
                over(described(input_sizes, Tag::nchw), plain));
        return plain;
    }
};

class ChainFunction : public torch::autograd::Function<ChainFunction> {
  public:
    static torch::autograd::tensor_list forward(torch::autograd::AutogradContext* context,
                                                const Tensor& input,
                                                const c10::intrusive_ptr<Call>& call) {
        context->set_materialize_grads(false);
        context->saved_data["call"] =
            c10::IValue::make_capsule(c10::intrusive_ptr<torch::CustomClassHolder>(call));
        return call->there(input);
    }
    static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::tensor_list gradients) {
        const auto call =
            c10::static_intrusive_pointer_cast<Call>(context->saved_data["call"].toCapsule());
        return {call->back(gradients), Tensor()};
    }
};

}  // namespace

std::shared_ptr<const FrozenChain> FrozenChain::make(std::vector<ChainLink> links) {
    if (links.empty() || !links.front().weight.defined() || !has_winograd()) return nullptr;
    for (ChainLink& link : links) {
        if (!link.weight.defined()) continue;
        for (Tensor* tensor : {&link.weight, &link.bias}) {
            if (!tensor->defined() || !tensor->is_cpu() || tensor->requires_grad() ||
                tensor->scalar_type() != torch::kFloat32)
                return nullptr;
            *tensor = tensor->contiguous();
        }
        if (link.weight.size(0) % kBlock != 0 || link.weight.size(2) != 3 ||
            link.weight.size(3) != 3)
            return nullptr;
    }
    auto impl = std::make_shared<Impl>();
    impl->links = std::move(links);
    return std::shared_ptr<const FrozenChain>(new FrozenChain(std::move(impl)));
}

FrozenChain::FrozenChain(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {
}
FrozenChain::~FrozenChain() = default;

std::vector<Tensor> FrozenChain::run(const Tensor& input,
                                     const std::vector<std::size_t>& taps) const {
    const auto call = c10::make_intrusive<Call>();
    call->chain = impl_;
    call->taps = taps;
    call->input_sizes = input.sizes().vec();
    call->plan = impl_->plan_for({input.size(0), input.size(1), input.size(2), input.size(3)});
    TORCH_CHECK(call->depth() <= call->plan->nodes.size(), "A picture of ", input.size(3), " × ",
                input.size(2), " px is too small for this layer of the feature network.");
    call->keep = torch::GradMode::is_enabled() && input.requires_grad();
    const Tensor x = input.contiguous();
    return call->keep ? ChainFunction::apply(x, call) : call->there(x);
}

}  // namespace pentimento::nn

#else

namespace pentimento::nn {

struct FrozenChain::Impl {};
FrozenChain::FrozenChain(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {
}
FrozenChain::~FrozenChain() = default;
std::shared_ptr<const FrozenChain> FrozenChain::make(std::vector<ChainLink>) {
    return nullptr;
}
std::vector<torch::Tensor> FrozenChain::run(const torch::Tensor&,
                                            const std::vector<std::size_t>&) const {
    return {};
}

}  // namespace pentimento::nn

#endif
