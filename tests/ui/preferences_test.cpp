// What is remembered holds at once, and is on the disk in the order in which it was said.
#include "ui/preferences.h"

#include <gtest/gtest.h>

#include <QSettings>

namespace pentimento::ui {
namespace {

TEST(Preferences, HoldAtOnceAndAreOnTheDiskAfterwards) {
    preferences::set_value(QStringLiteral("test/answer"), 42);
    EXPECT_EQ(preferences::value(QStringLiteral("test/answer")).toInt(), 42);
    preferences::write_all();
    EXPECT_EQ(QSettings().value(QStringLiteral("test/answer")).toInt(), 42);
    EXPECT_EQ(preferences::value(QStringLiteral("test/unknown"), 7).toInt(), 7);
}

TEST(Preferences, ARemovedGroupIsGoneWithAllInIt) {
    preferences::set_value(QStringLiteral("test/group/a"), 1);
    preferences::set_value(QStringLiteral("test/groups"), 2);
    preferences::remove(QStringLiteral("test/group"));
    preferences::set_value(QStringLiteral("test/group/b"), 3);
    preferences::write_all();
    const QSettings disk;
    for (const auto& [key, wanted] : {std::pair(QStringLiteral("test/group/a"), -1),
                                      std::pair(QStringLiteral("test/groups"), 2),
                                      std::pair(QStringLiteral("test/group/b"), 3)}) {
        EXPECT_EQ(preferences::value(key, -1).toInt(), wanted) << key.toStdString();
        EXPECT_EQ(disk.value(key, -1).toInt(), wanted) << key.toStdString();
    }
}

TEST(Preferences, ManyChangesInARowAllArrive) {
    for (int i = 0; i < 500; ++i)
        preferences::set_value(QStringLiteral("test/many/%1").arg(i % 50), i);
    preferences::write_all();
    const QSettings disk;
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(disk.value(QStringLiteral("test/many/%1").arg(i)).toInt(), 450 + i);
}

}  // namespace
}  // namespace pentimento::ui
