// Measuring and painting of the cards.
#include "ui/dialogs/family_cards.h"

#include <QAbstractItemView>
#include <QPainter>

#include "ui/theme.h"

namespace pentimento::ui {

namespace {

constexpr int kMargin = 10, kGap = 3, kBetween = 4;

struct Rows {
    QRect name, summary, obstacle;
};

QFont bold(QFont font) {
    font.setWeight(QFont::DemiBold);
    return font;
}

/// Where the texts go in a card that begins at (left, top) and is `width` wide inside.
Rows rows_of(const QFont& font, const QModelIndex& index, int left, int top, int width) {
    const auto height = [&](const QFont& used, const QString& text) {
        if (text.isEmpty()) return 0;
        return QFontMetrics(used)
            .boundingRect(QRect(0, 0, width, 10000), Qt::TextWordWrap, text)
            .height();
    };
    Rows rows;
    rows.name = {left, top, width, height(bold(font), index.data().toString())};
    rows.summary = {left, rows.name.bottom() + 1 + kGap, width,
                    height(font, index.data(FamilyCards::kSummary).toString())};
    const int obstacle = height(font, index.data(FamilyCards::kObstacle).toString());
    rows.obstacle = {left, rows.summary.bottom() + 1 + (obstacle > 0 ? kGap : 0), width, obstacle};
    return rows;
}

}  // namespace

QSize FamilyCards::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto* view = qobject_cast<const QAbstractItemView*>(parent());
    const int width = view ? view->viewport()->width() : 300;
    const Rows rows = rows_of(option.font, index, 0, 0, width - 2 * (kMargin + kBetween));
    return {width, rows.obstacle.bottom() + 1 + 2 * (kMargin + kBetween / 2)};
}

void FamilyCards::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
    const theme::Colors& colors = theme::colors();
    const bool chosen = option.state.testFlag(QStyle::State_Selected);
    const bool usable = index.data(kObstacle).toString().isEmpty();
    const QRect card = option.rect.adjusted(kBetween, kBetween / 2, -kBetween, -kBetween / 2);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(chosen ? colors.accent : colors.border, chosen ? 1.6 : 1));
    painter->setBrush(chosen ? colors.raised : colors.surface);
    painter->drawRoundedRect(QRectF(card).adjusted(0.8, 0.8, -0.8, -0.8), 8, 8);
    const Rows rows = rows_of(option.font, index, card.left() + kMargin, card.top() + kMargin,
                              card.width() - 2 * kMargin);
    painter->setFont(bold(option.font));
    painter->setPen(usable ? colors.text : colors.muted);
    painter->drawText(rows.name, Qt::TextWordWrap, index.data().toString());
    painter->setFont(option.font);
    painter->setPen(colors.muted);
    painter->drawText(rows.summary, Qt::TextWordWrap, index.data(kSummary).toString());
    painter->setPen(colors.warning);
    painter->drawText(rows.obstacle, Qt::TextWordWrap, index.data(kObstacle).toString());
    painter->restore();
}

}  // namespace pentimento::ui
