// What a person does on the Style page, whatever pictures are in its wells.
#pragma once

#include <QDialog>
#include <string>

#include "tests/bench/acts.h"
#include "ui/pages/style/inputs_panel.h"
#include "ui/pages/style/instant_preview.h"
#include "ui/pages/style_page.h"
#include "ui/widgets/param_panel.h"

namespace pentimento::bench {

inline void wait_for_blend(ui::StylePage& page) {
    must(wait_for([&] { return !page.inputs().loading() && !page.instant().busy(); }),
         "an instant blend");
}

inline void drag_strength(Acts& acts, ui::StylePage& page) {
    acts.act("strength's slider dragged", [&] {
        for (int i = 0; i < 60; ++i)
            click([&] { page.panel().apply({{"strength", 0.4 + 0.01 * i}}, {}); }, 16);
        wait_for_blend(page);
    });
}

inline void refine(Acts& acts, const char* name, ui::StylePage& page, const char* size,
                   const char* steps) {
    acts.act(name, [&] {
        click([&] {
            ParamSet params = page.panel().params();
            must(params.set_text("size", size) && params.set_text("steps", steps), "settings");
            page.panel().set_params(params);
            page.blend();
        });
        must(wait_for([&] { return page.controller().active(); }), "a refinement");
        must(wait_for([&] { return !page.controller().active(); }), "a refinement's end");
    });
}

inline void look_at_export(Acts& acts, ui::StylePage& page) {
    acts.act("export's dialog", [&] {
        click([&] { page.export_picture(); }, 1500);
        auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget());
        must(dialog, "the export's dialog");
        click([&] { dialog->reject(); });
    });
}

}  // namespace pentimento::bench
