// The panel's rows, its undo commands, and what is shown when.
#include "ui/widgets/param_panel.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QScrollArea>
#include <QUndoStack>
#include <QVBoxLayout>
#include <algorithm>
#include <map>

#include "ui/preferences.h"
#include "ui/theme.h"
#include "ui/widgets/param_editor.h"
#include "ui/widgets/section.h"

namespace pentimento::ui {

struct ParamPanel::Impl {
    struct Row {
        const ParamSpec* spec;
        Section* section;              ///< null: placed by a page
        QPointer<ParamEditor> editor;  ///< null: not shown so far; or deleted by its page
    };

    ParamPanel* panel;
    ParamSet params;
    QUndoStack* undo;
    std::vector<Row> rows;
    std::vector<Section*> sections;
    QLineEdit* search = nullptr;
    QLabel* nothing = nullptr;  ///< "No setting is called so."
    QPushButton* advanced = nullptr;
    QString lock, key;
    QStringList folded_at_first;

    Impl(ParamPanel* owner, ParamSet values, QUndoStack* stack)
        : panel(owner), params(std::move(values)), undo(stack) {}

    void build(const QStringList& only);
    ParamEditor* make_editor(const ParamSpec& spec, QWidget* parent);
    void place_editor(Row& row);
    void change(Patch after, const QString& text, quint64 gesture);
    void show_all();
    void update_visibility();
    void fold_groups();
    bool found(const ParamSpec& spec) const;
};

namespace {

constexpr std::size_t kMany = 16;  // settings from which on a search helps

/// Sets values; changes of one slider drag are one step.
class EditCommand : public QUndoCommand {
  public:
    EditCommand(std::function<void(const Patch&)> apply, Patch before, Patch after, quint64 gesture,
                const QString& text)
        : QUndoCommand(text),
          apply_(std::move(apply)),
          before_(std::move(before)),
          after_(std::move(after)),
          gesture_(gesture) {}

    void undo() override { apply_(before_); }
    void redo() override { apply_(after_); }
    int id() const override { return gesture_ == 0 ? -1 : 1; }

    bool mergeWith(const QUndoCommand* other) override {
        const auto* later = static_cast<const EditCommand*>(other);
        if (later->gesture_ != gesture_) return false;
        after_ = later->after_;
        setObsolete(after_ == before_);  // dragged there and back
        return true;
    }

  private:
    std::function<void(const Patch&)> apply_;
    Patch before_, after_;
    quint64 gesture_;
};

}  // namespace

ParamPanel::ParamPanel(ParamSet params, QUndoStack* undo, QStringList only, QWidget* parent)
    : QWidget(parent), impl_(std::make_unique<Impl>(this, std::move(params), undo)) {
    impl_->build(only);
}

ParamPanel::~ParamPanel() = default;

void ParamPanel::Impl::build(const QStringList& only) {
    auto* outer = new QVBoxLayout(panel);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(8);

    // From the outside to the inside: a widget that gets its parent later is styled again with all
    // that is in it.
    search = new QLineEdit(panel);
    outer->addWidget(search);
    auto* scroll = new QScrollArea(panel);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    outer->addWidget(scroll, 1);
    auto* contents = new QWidget(scroll);
    scroll->setWidget(contents);
    auto* column = new QVBoxLayout(contents);
    column->setContentsMargins(0, 0, 8, 0);
    column->setSpacing(4);
    search->setObjectName(QStringLiteral("param_search"));
    search->setPlaceholderText(ParamPanel::tr("Find a setting"));
    search->setAccessibleName(ParamPanel::tr("Find a setting"));
    search->setClearButtonEnabled(true);
    nothing = new QLabel(ParamPanel::tr("No setting has these words in its name or explanation."),
                         contents);
    nothing->setWordWrap(true);
    nothing->hide();
    theme::set_role(nothing, "muted");
    column->addWidget(nothing);
    QObject::connect(search, &QLineEdit::textChanged, panel, [this] {
        fold_groups();
        update_visibility();
    });
    bool has_advanced = false;
    for (const ParamSpec& spec : params.schema().specs()) {
        if (!only.isEmpty() && !only.contains(QString::fromStdString(spec.id))) continue;
        const QString title = QString::fromStdString(spec.group.empty() ? "Settings" : spec.group);
        Section* section = nullptr;
        for (Section* known : sections)
            if (known->objectName() == title) section = known;
        if (!section) {
            section = new Section(title, contents);
            section->setObjectName(title);
            column->addWidget(section);
            sections.push_back(section);
            QObject::connect(section, &Section::toggled, panel, [this, title](bool open) {
                if (!key.isEmpty() && search->text().isEmpty())
                    preferences::set_value(QStringLiteral("groups/%1/%2").arg(key, title), open);
                update_visibility();
            });
        }
        rows.push_back({&spec, section, nullptr});
        has_advanced |= spec.level == Level::Advanced;
    }
    column->addStretch(1);

    search->setVisible(rows.size() >= kMany);

    advanced = new QPushButton(ParamPanel::tr("Advanced settings"), panel);
    advanced->setCheckable(true);
    advanced->setToolTip(
        ParamPanel::tr("Shows every setting, also those that rarely need a change"));
    advanced->setVisible(has_advanced);
    theme::set_role(advanced, "switch");
    QObject::connect(advanced, &QPushButton::toggled, panel, [this] { update_visibility(); });

    outer->addWidget(advanced);
    show_all();
}

ParamEditor* ParamPanel::Impl::make_editor(const ParamSpec& spec, QWidget* parent) {
    auto* editor = new ParamEditor(spec, parent);
    QObject::connect(editor, &ParamEditor::value_chosen, panel,
                     [this, id = spec.id, label = QString::fromStdString(spec.label)](
                         const ParamValue& value, quint64 gesture) {
                         change({{id, value}}, ParamPanel::tr("change of %1").arg(label), gesture);
                     });
    editor->set_value(params.value(spec.id));
    if (spec.apply == Apply::Restart) editor->set_locked(lock);
    return editor;
}

/// Most rows are never looked at, and a hundred editors take longer to make than a window may
/// stand still.
void ParamPanel::Impl::place_editor(Row& row) {
    row.editor = make_editor(*row.spec, row.section->body());
    const auto above = std::count_if(rows.data(), &row, [&](const Row& other) {
        return other.section == row.section && other.editor;
    });
    row.section->content()->insertWidget(static_cast<int>(above), row.editor);
}

void ParamPanel::Impl::change(Patch after, const QString& text, quint64 gesture) {
    Patch before;
    for (auto it = after.begin(); it != after.end();) {
        const ParamSpec* spec = params.schema().find(it->first);
        const auto valid = spec ? spec->validate(it->second) : params.schema().unknown(it->first);
        if (!valid || *valid == params.value(it->first)) {
            it = after.erase(it);
            continue;
        }
        it->second = *valid;
        before[it->first] = params.value(it->first);
        ++it;
    }
    if (after.empty()) {
        show_all();  // an entry that was refused goes back
        return;
    }
    // Undo outlives the panel when a page goes first, hence the guarded pointer.
    const auto apply = [guard = QPointer<ParamPanel>(panel)](const Patch& patch) {
        if (!guard) return;
        (void)guard->impl_->params.apply(patch);  // validated above
        guard->impl_->show_all();
        Q_EMIT guard->edited(patch);
    };
    if (undo)
        undo->push(new EditCommand(apply, std::move(before), std::move(after), gesture, text));
    else
        apply(after);
}

void ParamPanel::Impl::show_all() {
    for (const Row& row : rows)
        if (row.editor) row.editor->set_value(params.value(row.spec->id));
    update_visibility();
}

bool ParamPanel::Impl::found(const ParamSpec& spec) const {
    QString text;
    for (const std::string& part : {spec.label, spec.id, spec.group, spec.help})
        text += QString::fromStdString(part) + QLatin1Char(' ');
    const QStringList words = search->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    return std::all_of(words.begin(), words.end(), [&](const QString& word) {
        return text.contains(word, Qt::CaseInsensitive);
    });
}

void ParamPanel::Impl::fold_groups() {
    const bool searching = !search->text().isEmpty();
    for (Section* section : sections) {
        const QSignalBlocker quiet(section);
        const QString title = section->objectName();
        section->set_open(searching || key.isEmpty() ||
                          preferences::value(QStringLiteral("groups/%1/%2").arg(key, title),
                                             !folded_at_first.contains(title))
                              .toBool());
    }
}

void ParamPanel::Impl::update_visibility() {
    const bool searching = !search->text().trimmed().isEmpty();
    bool any = false;
    std::map<Section*, int> changed;
    for (Section* section : sections) section->setProperty("rows", 0);
    for (Row& row : rows) {
        const ParamSpec& spec = *row.spec;
        bool visible = params.relevant(spec);
        if (row.section) {
            if (visible && params.value(spec.id) != spec.default_value) ++changed[row.section];
            visible &=
                searching ? found(spec) : spec.level == Level::Basic || advanced->isChecked();
            if (visible)
                row.section->setProperty("rows", row.section->property("rows").toInt() + 1);
            any |= visible;
            if (visible && !row.editor && row.section->is_open()) place_editor(row);
        }
        if (!row.editor) continue;
        // An editor that no page has placed yet must not pop up as a window.
        if (row.editor->parentWidget() || !visible) row.editor->setVisible(visible);
    }
    for (Section* section : sections) {
        section->setVisible(section->property("rows").toInt() > 0);
        // What a folded group hides is at least counted.
        section->set_note(section->is_open() || changed[section] == 0
                              ? QString()
                              : ParamPanel::tr("%1 changed").arg(changed[section]));
    }
    nothing->setVisible(searching && !any);
}

const ParamSet& ParamPanel::params() const {
    return impl_->params;
}

void ParamPanel::set_params(const ParamSet& params, const QString& reason) {
    Patch all;
    for (const ParamSpec& spec : impl_->params.schema().specs())
        if (params.schema().find(spec.id)) all[spec.id] = params.value(spec.id);
    if (!reason.isEmpty()) {
        impl_->change(std::move(all), reason, 0);
        return;
    }
    (void)impl_->params.apply(all);
    impl_->show_all();
}

void ParamPanel::apply(const Patch& patch, const QString& reason) {
    impl_->change(patch, reason, 0);
}

void ParamPanel::remember_groups(const QString& key, const QStringList& folded_at_first) {
    impl_->key = key;
    impl_->folded_at_first = folded_at_first;
    impl_->fold_groups();
    impl_->update_visibility();
}

void ParamPanel::set_filter(const QString& text) {
    impl_->search->setText(text);
}

void ParamPanel::set_restart_locked(const QString& reason) {
    if (reason == impl_->lock) return;
    impl_->lock = reason;
    for (const Impl::Row& row : impl_->rows)
        if (row.editor && row.spec->apply == Apply::Restart) row.editor->set_locked(reason);
}

void ParamPanel::set_show_advanced(bool on) {
    impl_->advanced->setChecked(on);
}

QWidget* ParamPanel::editor(const QString& id) {
    const ParamSpec* spec = impl_->params.schema().find(id.toStdString());
    if (!spec) return nullptr;
    ParamEditor* editor = impl_->make_editor(*spec, nullptr);
    impl_->rows.push_back({spec, nullptr, editor});
    return editor;
}

}  // namespace pentimento::ui
