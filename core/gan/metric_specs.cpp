// What the curves of GAN training are, in plain words.
#include "core/gan/gan_run.h"

namespace pentimento::gan {

std::vector<MetricSpec> metric_specs() {
    const char* const losses = "Losses";
    const char* const scores = "Scores";
    const char* const gradients = "Gradients";
    return {
        {"loss_g", "Generator",
         "How badly the generator fools the discriminator. It need not fall: what counts is that "
         "neither loss runs "
         "away from the other for long.",
         losses},
        {"loss_d", "Discriminator",
         "How badly the discriminator tells real from made. Near 0 it wins and the generator "
         "learns little; about 1.39 "
         "(or 0.69 when averaged) it is guessing.",
         losses},
        {"d_real", "D on real pictures",
         "The probability, on average, that the discriminator gives real pictures of being real. "
         "Close to 1 it knows "
         "them well; 0.5 is a guess.",
         scores},
        {"d_fake", "D on made pictures",
         "The same for the generator's pictures when the discriminator is trained. Near 0 it sees "
         "through them; good "
         "training keeps it well above 0.",
         scores},
        {"d_fake_after", "D on made pictures, generator's turn",
         "The same when the generator is trained. Usually a little lower than before, since the "
         "discriminator has just "
         "learned.",
         scores},
        {"d_skipped", "Skipped share",
         "The share of discriminator steps that were left out because its loss was below the "
         "threshold. 0 when nothing "
         "is skipped.",
         scores},
        {"grad_g", "Generator's gradient",
         "The length of the generator's gradient. Falling towards 0 means that it has stopped "
         "learning; sudden peaks "
         "warn of trouble.",
         gradients},
        {"grad_d", "Discriminator's gradient", "The length of the discriminator's gradient.",
         gradients},
    };
}

}  // namespace pentimento::gan
