// Named settings: the lesson's two notebooks, and starts that show something within minutes on two
// processors.
#include "core/gan/gan_run.h"

namespace pentimento::gan {

namespace {

/// Both presets of every family.
std::vector<Preset> family_presets() {
    std::vector<Preset> list;
    for (const Family& family : families()) {
        Preset published{family.entry.id,
                         family.entry.label,
                         family.entry.help,
                         family.entry.reference,
                         {{"arch", family.arch}}};
        published.settings.insert(published.settings.end(), family.published.begin(),
                                  family.published.end());
        Preset small = published;
        small.id += "-small";
        small.label += ", small";
        small.help = family.expect;
        // A later setting of the same parameter wins.
        small.settings.insert(small.settings.end(), family.small.begin(), family.small.end());
        list.push_back(std::move(published));
        list.push_back(std::move(small));
    }
    return list;
}

std::vector<Preset> lesson_and_sample_presets() {
    return {
        {"fc-mnist",
         "Lesson: fully connected on digits",
         "The lesson's first notebook as it was: small dense networks on 28 px grey pictures, 100 "
         "epochs of 60,000. "
         "The generator steps first and the same made pictures serve both steps. At the end its "
         "losses were about "
         "0.87 (generator) and 0.63 (discriminator).",
         "Goodfellow et al. 2014, arXiv:1406.2661; lesson notebook \"GAN on MNIST\"",
         {{"arch", "fc"},
          {"loss", "bce"},
          {"size", "28"},
          {"channels", "1"},
          {"latent", "100"},
          {"batch", "256"},
          {"steps", "23500"},
          {"lr_g", "2e-4"},
          {"lr_d", "2e-4"},
          {"beta1", "0.5"},
          {"beta2", "0.999"},
          {"weight_decay", "8e-9"},
          {"generator_first", "true"},
          {"average_d_loss", "true"},
          {"ema_decay", "0"},
          {"sample_every", "2350"},
          {"preview_count", "25"}}},
        {"dcgan-mnist",
         "Lesson: DCGAN on digits",
         "The lesson's second notebook: convolutions that go 1, 3, 7, 15, 28 px, 50 epochs of "
         "60,000. At the end its "
         "losses were about 2.8 (generator) and 0.18 (discriminator): the discriminator wins, and "
         "the digits are "
         "good all the same.",
         "Radford, Metz, Chintala 2015, arXiv:1511.06434; lesson notebook \"DCGAN on MNIST\"",
         {{"arch", "dcgan"},
          {"loss", "bce"},
          {"size", "28"},
          {"channels", "1"},
          {"width", "64"},
          {"latent", "100"},
          {"batch", "256"},
          {"steps", "11750"},
          {"lr_g", "2e-4"},
          {"lr_d", "2e-4"},
          {"beta1", "0.5"},
          {"beta2", "0.999"},
          {"generator_first", "true"},
          {"average_d_loss", "true"},
          {"ema_decay", "0"},
          {"sample_every", "1175"},
          {"preview_count", "25"}}},
        {"emoji-32",
         "Emoji, small and quick",
         "Colour emoji at 32 px with a narrow DCGAN: first shapes within a minute on two "
         "processors, faces and "
         "objects after a few.",
         "Radford, Metz, Chintala 2015, arXiv:1511.06434",
         {{"arch", "dcgan"},
          {"loss", "bce"},
          {"size", "32"},
          {"channels", "3"},
          {"width", "32"},
          {"latent", "64"},
          {"batch", "64"},
          {"steps", "3000"},
          {"flips", "true"},
          {"lr_g", "4e-4"},
          {"lr_d", "2e-4"},
          {"label_smoothing", "0.1"},
          {"ema_decay", "0.995"},
          {"sample_every", "100"}}},
        {"emoji-64",
         "Emoji",
         "Colour emoji at 64 px with a DCGAN of half the paper's width. Expect coloured discs at "
         "first, then faces "
         "and objects after some ten minutes on two processors.",
         "Radford, Metz, Chintala 2015, arXiv:1511.06434",
         {{"arch", "dcgan"},
          {"loss", "bce"},
          {"size", "64"},
          {"channels", "3"},
          {"width", "24"},
          {"latent", "64"},
          {"batch", "64"},
          {"steps", "4000"},
          {"flips", "true"},
          {"lr_g", "4e-4"},
          {"lr_d", "2e-4"},
          {"label_smoothing", "0.1"},
          {"ema_decay", "0.995"},
          {"sample_every", "100"}}},
        {"fashion-28",
         "Fashion-MNIST",
         "Grey pictures of clothes at 28 px. Shirts, shoes and bags can be told apart after about "
         "two minutes on two "
         "processors.",
         "Radford, Metz, Chintala 2015, arXiv:1511.06434; Xiao, Rasul, Vollgraf 2017, "
         "arXiv:1708.07747",
         {{"arch", "dcgan"},
          {"loss", "bce"},
          {"size", "28"},
          {"channels", "1"},
          {"width", "32"},
          {"latent", "64"},
          {"batch", "64"},
          {"steps", "3000"},
          {"flips", "false"},
          {"lr_g", "4e-4"},
          {"lr_d", "2e-4"},
          {"label_smoothing", "0.1"},
          {"ema_decay", "0.995"},
          {"sample_every", "100"}}},
    };
}

/// The notebooks' plots switch the generator to evaluation mode, and never back: a lesson's preset
/// with that slip, from the first plot on.
Preset with_slip(Preset preset, const char* first_plot) {
    preset.id += "-as-written";
    preset.label += ", slip included";
    preset.help = "As \"" + preset.label.substr(0, preset.label.find(',')) +
                  "\", with the notebook's slip: to draw its first samples it switches the "
                  "generator to evaluation mode and never back.";
    preset.settings.emplace_back("evaluation_mode_after", first_plot);
    return preset;
}

}  // namespace

const std::vector<Preset>& presets() {
    static const std::vector<Preset> list = [] {
        std::vector<Preset> all = lesson_and_sample_presets();
        const Preset fc = all[0], dcgan = all[1];
        all.insert(all.begin() + 2, {with_slip(fc, "2350"), with_slip(dcgan, "1175")});
        for (Preset& preset : family_presets()) all.push_back(std::move(preset));
        return all;
    }();
    return list;
}

}  // namespace pentimento::gan
