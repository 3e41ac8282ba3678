// What the studio remembers from one start to the next. QSettings forces what it writes to the disk,
// which a busy one takes a quarter of a second for: so all values are kept in memory, and a thread
// writes them. For the UI thread.
#pragma once

#include <QString>
#include <QVariant>

namespace pentimento::ui::preferences {

QVariant value(const QString& key, const QVariant& otherwise = {});
/// A folder that was remembered, or the person's pictures: where a dialog begins.
QString folder(const QString& key);
/// "group/name". It holds at once and is on the disk a moment later; what goes wrong there is not
/// told, as nothing is lost but a convenience.
void set_value(const QString& key, const QVariant& value);
/// With everything below it.
void remove(const QString& key);
/// Returns when all is on the disk. The program's end does so by itself.
void write_all();

}  // namespace pentimento::ui::preferences
