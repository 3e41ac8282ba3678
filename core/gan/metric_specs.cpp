// What the curves of GAN training are, in plain words.
#include "core/gan/registry.h"

namespace pentimento::gan {

std::vector<MetricSpec> metric_specs() {
    const char* const losses = "Losses";
    const char* const scores = "Scores";
    const char* const gradients = "Gradients";
    const char* const quality = "Quality";
    const char* const variety = "Variety";
    std::vector<MetricSpec> specs = {
        {"loss_g", "Generator",
         "How badly the generator fools the discriminator. It need not fall: what counts is that "
         "neither loss runs away from the other for long.",
         losses},
        {"loss_d", "Discriminator",
         "How badly the discriminator tells real from made. Near 0 it wins and the generator "
         "learns little; with cross-entropy, about 1.39 (or 0.69 when averaged) means it is "
         "guessing.",
         losses},
        {"d_real", "D on real pictures",
         "What the discriminator says of real pictures, on average: a probability of being real "
         "(0.5 is a guess), or its plain score for losses without probabilities.",
         scores},
        {"d_fake", "D on made pictures",
         "The same for the generator's pictures when the discriminator is trained. Near 0 it sees "
         "through them; good training keeps it well above 0.",
         scores},
        {"d_fake_after", "D on made pictures, generator's turn",
         "The same when the generator is trained. Usually a little lower than before, since the "
         "discriminator has just learned.",
         scores},
        {"accuracy", "D's accuracy",
         "The share of pictures, real and made, that the discriminator puts on the right side. "
         "0.5 is guessing; above 0.98 for long, it has won and the generator starves.",
         scores},
        {"r_t", "Overfitting (r_t)",
         "Share of real training pictures that the discriminator is sure of, minus the share it "
         "doubts. Above about 0.6 it begins to learn the pictures by heart; adaptive augmentation "
         "holds it there.",
         scores},
        {"d_skipped", "Skipped share",
         "The share of discriminator steps that were left out because its loss was below the "
         "threshold. 0 when nothing is skipped.",
         scores},
        {"augment", "Augmentation",
         "How strongly pictures are changed before the discriminator sees them, 0 … 1.", scores},
        {"grad_g", "Generator's gradient",
         "The length of the generator's gradient. Falling towards 0 means that it has stopped "
         "learning; sudden peaks warn of trouble.",
         gradients},
        {"grad_d", "Discriminator's gradient", "The length of the discriminator's gradient.",
         gradients},
        {"kid", "KID",
         "Kernel distance between made and real pictures, on the features named in the settings. "
         "Lower is better; near 0 they cannot be told apart. Differences smaller than its standard "
         "error mean nothing.",
         quality},
        {"kid_error", "KID's standard error", "How uncertain the KID is.", quality},
        {"fid", "FID",
         "Fréchet distance between made and real pictures. Lower is better. It can be compared "
         "with published figures only with the official Inception weights and 50,000 pictures.",
         "FID"},
        {"precision", "Precision",
         "The share of made pictures that look like some real one. Low: bad pictures.", variety},
        {"recall", "Recall",
         "The share of real pictures that the generator could have made. Low: it leaves kinds of "
         "pictures out.",
         variety},
        {"diversity", "Diversity",
         "How different made pictures are from each other, as a share of how different real ones "
         "are. About 1 is sound; falling towards 0 is mode collapse.",
         variety},
        {"nearest", "Distance to the training pictures",
         "How far made pictures are from their nearest training picture, as a share of how far "
         "training pictures are from each other. Near 0 they are copies.",
         variety},
        {"fixed_change", "Change of the fixed pictures",
         "How much the pictures of the fixed latents changed in 50 steps, in parts of the full "
         "range. It should fall slowly; when it stays high, the training oscillates.",
         "Change"},
        {"growth", "Size made now", "Pixels that a growing network makes at present.", "Growth"},
    };
    for (const auto& [id, regulariser] : regulariser_registry().items())
        specs.push_back({"penalty_" + id, regulariser.entry.label,
                         regulariser.entry.help + " As added to the loss, weight included.",
                         "Penalties"});
    return specs;
}

}  // namespace pentimento::gan
