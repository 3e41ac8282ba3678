// A list of files that hold networks: one is chosen, checked in the background, and remembered.
#pragma once

#include <QWidget>

#include "ui/background.h"

class QComboBox;
class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace pentimento::ui {

class NetworkChooser : public QWidget {
    Q_OBJECT
  public:
    void choose(const QString& path);
    void set_locked(const QString& reason);

  Q_SIGNALS:
    void changed();

  protected:
    struct Texts {
        QString title;
        QString list;    ///< accessible name
        QString browse;  ///< of the button, without the dots
        QString dialog, filter;
    };
    NetworkChooser(const Texts& texts, QWidget* parent);

    /// Adds the file unless it is there; its place in the list.
    int offer(const QString& path);
    /// What the list calls a file.
    virtual QString title_of(const QString& path) const = 0;
    /// Where choosing a file begins when none is chosen.
    virtual QString first_folder() const = 0;
    /// The choice has changed: forget the last one, look at this one, and say `changed`.
    virtual void identify(const QString& path) = 0;
    /// At the end of a constructor, when all files are offered.
    void follow_choice();
    void show_status(const QString& text, bool error);

    QComboBox* files_;
    QLabel* status_;
    QHBoxLayout* row_;     ///< the list and what stands beside it
    QVBoxLayout* layout_;  ///< title, row and status
    QString problem_;      ///< why the chosen file is of no use
    Background identifier_;

  private:
    void browse(const Texts& texts);
};

}  // namespace pentimento::ui
