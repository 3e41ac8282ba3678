#include "ui/preferences.h"

#include <QCoreApplication>
#include <QHash>
#include <QMutex>
#include <QMutexLocker>
#include <QSettings>
#include <QStandardPaths>
#include <QThreadPool>
#include <utility>
#include <vector>

namespace pentimento::ui::preferences {

namespace {

class Store {
  public:
    Store() {
        writer_.setMaxThreadCount(1);
        const QSettings settings;
        for (const QString& key : settings.allKeys()) values_.insert(key, settings.value(key));
        qAddPostRoutine(write_all);  // the application's end, while threads can still be waited for
    }
    QVariant value(const QString& key, const QVariant& otherwise) const {
        return values_.value(key, otherwise);
    }
    void set_value(const QString& key, const QVariant& value) {
        if (values_.contains(key) && values_.value(key) == value) return;
        values_.insert(key, value);
        write_later({key, value});
    }
    void remove(const QString& key) {
        const auto removed = values_.removeIf([&](const auto& entry) {
            return entry.key() == key || entry.key().startsWith(key + QLatin1Char('/'));
        });
        if (removed > 0) write_later({key, {}});
    }
    void wait() { writer_.waitForDone(); }

  private:
    struct Change {
        QString key;
        QVariant value;  ///< invalid: removed
    };

    void write_later(Change change) {
        const QMutexLocker lock(&mutex_);
        changes_.push_back(std::move(change));
        if (changes_.size() == 1) writer_.start([this] { write(); });
    }
    void write() {
        std::vector<Change> changes;
        {
            const QMutexLocker lock(&mutex_);
            changes.swap(changes_);
        }
        QSettings settings;
        for (const Change& change : changes)
            change.value.isValid() ? settings.setValue(change.key, change.value)
                                   : settings.remove(change.key);
        settings.sync();
    }

    QHash<QString, QVariant> values_;
    QMutex mutex_;
    std::vector<Change> changes_;  ///< not written yet, in their order
    QThreadPool writer_;
};

Store& store() {
    static Store instance;
    return instance;
}

}  // namespace

QVariant value(const QString& key, const QVariant& otherwise) {
    return store().value(key, otherwise);
}

QString folder(const QString& key) {
    return value(key, QStandardPaths::writableLocation(QStandardPaths::PicturesLocation))
        .toString();
}

void set_value(const QString& key, const QVariant& value) {
    store().set_value(key, value);
}

void remove(const QString& key) {
    store().remove(key);
}

void write_all() {
    store().wait();
}

}  // namespace pentimento::ui::preferences
