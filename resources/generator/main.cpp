// Draws the sample pictures that come with the studio: generate_samples DIR [NAME].
#include <QDir>
#include <QGuiApplication>
#include <cstdio>

#include "painting.h"

int main(int argc, char** argv) {
    using namespace pentimento::samples;
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    const QGuiApplication application(argc, argv);
    if (argc < 2) {
        std::fprintf(stderr, "usage: generate_samples DIR [NAME]\n");
        return 2;
    }
    const struct {
        const char* name;
        QImage (*draw)(std::uint64_t seed);
        std::uint64_t seed;
    } pictures[] = {
        {"style-flow", flow, 7},
        {"style-glass", glass, 3},
        {"style-waves", waves, 5},
        {"style-paper", paper, 4},
        {"content-landscape", landscape, 2},
        {"content-still-life", still_life, 6},
    };
    for (const auto& picture : pictures) {
        if (argc > 2 && QString::fromUtf8(argv[2]) != QLatin1String(picture.name)) continue;
        const QImage image =
            picture.draw(picture.seed)
                .scaled(kWidth / 2, kHeight / 2, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
                .convertToFormat(QImage::Format_RGB32);
        const QString path = QDir(QString::fromLocal8Bit(argv[1]))
                                 .filePath(QLatin1String(picture.name) + QStringLiteral(".jpg"));
        // The largest quality that keeps the repository small.
        int quality = 92;
        do {
            if (!image.save(path, "jpg", quality)) {
                std::fprintf(stderr, "cannot write %s\n", qPrintable(path));
                return 1;
            }
            quality -= 3;
        } while (QFileInfo(path).size() > 150'000 && quality > 40);
        std::printf("%s %lld bytes\n", qPrintable(path),
                    static_cast<long long>(QFileInfo(path).size()));
    }
    return 0;
}
