// The palettes, the style sheet's colours, and the icon engine.
#include "ui/theme.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QStyle>
#include <QStyleFactory>
#include <QSvgRenderer>
#include <QWidget>

#include "ui/theme_change.h"

namespace pentimento::ui::theme {

namespace {

// Contrast of text and muted text on window, surface and raised is at least 4.5 : 1 in both themes
// (WCAG AA); tests/ui checks it. Curves are Okabe and Ito's colours, adjusted to each background.
const Colors kLight{
    .window = QColor(0xf5f4f1),
    .surface = QColor(0xffffff),
    .raised = QColor(0xeceae5),
    .border = QColor(0xd6d2ca),
    .text = QColor(0x1f2228),
    .muted = QColor(0x5c626d),
    .accent = QColor(0xb3452a),
    .on_accent = QColor(0xffffff),
    .good = QColor(0x1d7a46),
    .warning = QColor(0x8a5a00),
    .bad = QColor(0xb3261e),
    .curves = {QColor(0x0a6fb0), QColor(0xcf5300), QColor(0x0b8a66), QColor(0x8c4f9e),
               QColor(0x8a6d00), QColor(0x5c626d)},
    .grid = QColor(0xe6e3dd),
};

const Colors kDark{
    .window = QColor(0x17191e),
    .surface = QColor(0x1e2127),
    .raised = QColor(0x2a2e36),
    .border = QColor(0x3a3f4a),
    .text = QColor(0xe9eaee),
    .muted = QColor(0xa3a9b5),
    .accent = QColor(0xff9b73),
    .on_accent = QColor(0x2a1209),
    .good = QColor(0x6fd19a),
    .warning = QColor(0xf0c060),
    .bad = QColor(0xff8d85),
    .curves = {QColor(0x5fb6f0), QColor(0xff9b52), QColor(0x4fd6a8), QColor(0xd79be8),
               QColor(0xe9cf5a), QColor(0xa3a9b5)},
    .grid = QColor(0x2c3038),
};

struct Look {
    Mode mode = Mode::System;
    bool system_dark = false;
    bool dark = false;
};

Look& look() {
    static Look instance;
    return instance;
}

QPalette make_palette(const Colors& c) {
    QPalette palette;
    palette.setColor(QPalette::Window, c.window);
    palette.setColor(QPalette::WindowText, c.text);
    palette.setColor(QPalette::Base, c.surface);
    palette.setColor(QPalette::AlternateBase, c.window);
    palette.setColor(QPalette::Text, c.text);
    palette.setColor(QPalette::PlaceholderText, c.muted);
    palette.setColor(QPalette::Button, c.raised);
    palette.setColor(QPalette::ButtonText, c.text);
    palette.setColor(QPalette::BrightText, c.bad);
    palette.setColor(QPalette::ToolTipBase, c.surface);
    palette.setColor(QPalette::ToolTipText, c.text);
    palette.setColor(QPalette::Highlight, c.accent);
    palette.setColor(QPalette::HighlightedText, c.on_accent);
    palette.setColor(QPalette::Link, c.accent);
    palette.setColor(QPalette::LinkVisited, c.accent);
    palette.setColor(QPalette::Light, c.surface);
    palette.setColor(QPalette::Midlight, c.raised);
    palette.setColor(QPalette::Mid, c.border);
    palette.setColor(QPalette::Dark, c.border);
    palette.setColor(QPalette::Shadow, c.border);
    QColor faint = c.muted;
    faint.setAlphaF(0.6F);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, faint);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, c.border);
    return palette;
}

QString style_sheet(const Colors& c, bool dark) {
    QFile file(QStringLiteral(":/ui/theme.qss"));
    if (!file.open(QIODevice::ReadOnly)) return {};
    QString sheet = QString::fromUtf8(file.readAll());
    const std::pair<const char*, QColor> names[] = {
        {"@window", c.window}, {"@surface", c.surface},
        {"@raised", c.raised}, {"@border", c.border},
        {"@text", c.text},     {"@muted", c.muted},
        {"@accent", c.accent}, {"@on-accent", c.on_accent},
        {"@good", c.good},     {"@warning", c.warning},
        {"@bad", c.bad}};
    // Longest first, so that no name is taken for the beginning of another.
    for (const auto& [name, color] : names)
        sheet.replace(QString::fromLatin1(name) + QLatin1Char(';'),
                      color.name() + QLatin1Char(';'));
    return sheet.replace(QStringLiteral("@theme"),
                         dark ? QStringLiteral("dark") : QStringLiteral("light"));
}

void apply() {
    Look& now = look();
    now.dark = now.mode == Mode::Dark || (now.mode == Mode::System && now.system_dark);
    change_look(make_palette(colors()), style_sheet(colors(), now.dark));
    Q_EMIT Notifier::instance().changed();
}

/// An SVG in the colour that the theme has when it is painted, so that icons change with the theme.
class ThemedIcon : public QIconEngine {
  public:
    explicit ThemedIcon(QString path) : path_(std::move(path)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode,
               QIcon::State state) override {
        const double ratio = painter->device()->devicePixelRatioF();
        painter->drawPixmap(rect, scaled(rect.size(), mode, state, ratio));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return scaled(size, mode, state, 1.0);
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal) override {
        return scaled(size, mode, state, 1.0);
    }
    QIconEngine* clone() const override { return new ThemedIcon(path_); }
    bool isNull() override { return !QFile::exists(path_); }

  private:
    QPixmap scaled(const QSize& size, QIcon::Mode mode, QIcon::State state, double ratio) const {
        QColor color = colors().text;
        if (mode == QIcon::Disabled)
            color.setAlphaF(0.35F);
        else if (mode == QIcon::Selected)
            color = colors().on_accent;
        else if (state == QIcon::On)
            color = colors().accent;
        // To read and draw an SVG takes longer than all the rest of a button.
        const QString key = QStringLiteral("%1 %2 %3 %4 %5")
                                .arg(path_, color.name(QColor::HexArgb))
                                .arg(size.width())
                                .arg(size.height())
                                .arg(ratio);
        QPixmap pixmap;
        if (QPixmapCache::find(key, &pixmap)) return pixmap;
        pixmap = QPixmap(size * ratio);
        if (pixmap.isNull()) return pixmap;  // some widgets ask before they have a size
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        QSvgRenderer renderer(path_);
        renderer.setAspectRatioMode(Qt::KeepAspectRatio);
        renderer.render(&painter, QRectF(QPointF(0, 0), QSizeF(pixmap.size())));
        painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
        painter.fillRect(pixmap.rect(), color);
        painter.end();
        pixmap.setDevicePixelRatio(ratio);
        QPixmapCache::insert(key, pixmap);
        return pixmap;
    }
    QString path_;
};

}  // namespace

Notifier& Notifier::instance() {
    static Notifier notifier;
    return notifier;
}

void install() {
    // Before our palette replaces it, the platform's palette tells what the desktop prefers.
    look().system_dark = QApplication::palette().color(QPalette::Window).lightness() < 128;
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QFont font = QApplication::font();
    const QStringList families = QFontDatabase::families();
    for (const char* wanted : {"Inter", "Noto Sans", "Cantarell"}) {
        if (!families.contains(QLatin1String(wanted))) continue;
        font.setFamily(QLatin1String(wanted));
        break;
    }
    font.setPointSizeF(10);
    QApplication::setFont(font);
    apply();
}

void set_mode(Mode mode) {
    look().mode = mode;
    apply();
}

Mode mode() {
    return look().mode;
}
bool dark() {
    return look().dark;
}
const Colors& colors() {
    return look().dark ? kDark : kLight;
}

QIcon icon(const QString& name) {
    return QIcon(new ThemedIcon(QStringLiteral(":/icons/%1.svg").arg(name)));
}

void set_role(QWidget* widget, const char* role) {
    widget->setProperty("role", QLatin1String(role));
    // One that has not been shown yet will be polished then: to do it twice doubles a page's start.
    if (!widget->testAttribute(Qt::WA_WState_Polished)) return;
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
}

}  // namespace pentimento::ui::theme
