//! What a file really is, by its first bytes: whether it is of the kind that was claimed, and the
//! type under which it is served.

use infer::MatcherType;

use crate::core::upload::FileKind;

/// So many of the first bytes are looked at.
pub const SNIFFED: usize = 8 * 1024;

/// Types that browsers show or play and that carry no script. All others are served as bytes.
const SERVED: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/bmp",
    "video/mp4",
    "video/x-m4v",
    "video/webm",
    "video/quicktime",
    "video/x-matroska",
    "audio/mpeg",
    "audio/m4a",
    "audio/opus",
    "audio/ogg",
    "audio/x-flac",
    "audio/x-wav",
    "audio/amr",
    "audio/aac",
];

const BYTES: &str = "application/octet-stream";

/// Whether a file that begins so can be of this kind. Sound comes in the containers of video, too:
/// browsers record it as WebM or MP4.
pub fn fits(kind: FileKind, head: &[u8]) -> bool {
    let found = infer::get(head);
    let family = found.map(|found| found.matcher_type());
    let container = found.is_some_and(|found| {
        matches!(found.mime_type(), "video/webm" | "video/mp4" | "video/x-m4v" | "video/quicktime")
    });
    let ogg = found.is_some_and(|found| found.mime_type() == "audio/ogg");
    match kind {
        FileKind::Image => family == Some(MatcherType::Image),
        FileKind::Audio => family == Some(MatcherType::Audio) || container,
        FileKind::Video => family == Some(MatcherType::Video) || ogg,
        FileKind::File => true,
    }
}

/// The type to serve a file under.
pub fn served(kind: FileKind, head: &[u8]) -> &'static str {
    let found = infer::get(head).map(|found| found.mime_type());
    let served = found.and_then(|found| SERVED.iter().copied().find(|served| *served == found));
    match (kind, served) {
        (FileKind::Audio, Some("video/webm")) => "audio/webm",
        (FileKind::Audio, Some("video/mp4" | "video/x-m4v" | "audio/m4a")) => "audio/mp4",
        (FileKind::Video, Some("audio/ogg")) => "video/ogg",
        (_, Some("audio/m4a")) => "audio/mp4",
        (_, Some("audio/opus")) => "audio/ogg",
        (_, Some(served)) => served,
        (_, None) => BYTES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const AMR: &[u8] = b"#!AMR\n\x3c\x91\x17\x16\xbe\x66";
    const MP4: &[u8] = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2";
    const HTML: &[u8] = b"<!doctype html><script>alert(1)</script>";
    const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0";

    fn webm() -> Vec<u8> {
        let mut head = b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm".to_vec();
        head.resize(300, 0);
        head
    }

    #[test]
    fn a_kind_is_known_by_its_first_bytes() {
        let kinds = [FileKind::Image, FileKind::Audio, FileKind::Video, FileKind::File];
        for (head, fitting) in [
            (PNG, [true, false, false, true]),
            (AMR, [false, true, false, true]),
            (MP4, [false, true, true, true]),
            (&webm()[..], [false, true, true, true]),
            (HTML, [false, false, false, true]),
            (SVG, [false, false, false, true]),
            (ZIP, [false, false, false, true]),
            (b"x", [false, false, false, true]),
        ] {
            assert_eq!(kinds.map(|kind| fits(kind, head)), fitting, "{head:?}");
        }
    }

    #[test]
    fn only_pictures_and_sound_get_a_type() {
        assert_eq!(served(FileKind::Image, PNG), "image/png");
        assert_eq!(served(FileKind::File, PNG), "image/png");
        assert_eq!(served(FileKind::Audio, &webm()), "audio/webm");
        assert_eq!(served(FileKind::Video, &webm()), "video/webm");
        assert_eq!(served(FileKind::Audio, MP4), "audio/mp4");
        for head in [HTML, SVG, ZIP, b"x", b""] {
            assert_eq!(served(FileKind::File, head), BYTES);
        }
    }
}
