// What pages share: the workspace, the dataset in use, the undo stack, and requests to each other.
#pragma once

#include <QObject>
#include <QString>
#include <QUndoStack>
#include <filesystem>
#include <optional>

#include "core/data/pack.h"
#include "core/session/workspace.h"
#include "ui/derivation.h"

namespace pentimento::ui {

class Engine;

class StudioContext : public QObject {
    Q_OBJECT
  public:
    explicit StudioContext(Workspace workspace, QObject* parent = nullptr)
        : QObject(parent), workspace_(std::move(workspace)) {}

    const Workspace& workspace() const { return workspace_; }
    QUndoStack& undo_stack() { return undo_stack_; }

    const std::optional<PackedDataset>& dataset() const { return dataset_; }
    void set_dataset(std::optional<PackedDataset> dataset) {
        dataset_ = std::move(dataset);
        Q_EMIT dataset_changed();
    }

    /// Null until its libraries are loaded.
    const Engine* engine() const { return engine_; }
    void set_engine(const Engine* engine) {
        engine_ = engine;
        Q_EMIT engine_loaded();
    }

  Q_SIGNALS:
    void engine_loaded();
    void dataset_changed();
    /// Show the page with this id: "welcome", "dataset", "train", "style", "runs".
    void page_requested(const QString& id);
    /// Import this source ("emoji", a folder …) on the Dataset page; with train: then start
    /// training with the named preset (may be empty).
    void import_requested(const QString& source, bool train, const QString& preset);
    /// Start training on dataset() with the named preset (empty: the settings as they are). What an
    /// import with `train` ends with.
    void train_requested(const QString& preset);
    /// Open or resume a stored run on the page of its kind.
    void open_run_requested(const QString& directory, bool resume);
    /// Make a new run out of a stored GAN run and start it.
    void derive_requested(const pentimento::ui::Derivation& derivation);
    /// Put a picture file into the Style page's wells.
    void style_requested(const QString& content_path, const QString& style_path);
    /// The list of runs on disk has changed.
    void runs_changed();
    /// A sentence for the status bar; error: shown until dismissed.
    void message(const QString& text, bool error);

  private:
    Workspace workspace_;
    const Engine* engine_ = nullptr;
    QUndoStack undo_stack_;
    std::optional<PackedDataset> dataset_;
};

}  // namespace pentimento::ui
