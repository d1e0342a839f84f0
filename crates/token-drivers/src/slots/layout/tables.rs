//! The tables: runs of characters that lie on consecutive usages, and the first of them.

/// A run each: its characters, and the usage of the first one.
pub(super) type Table = &'static [(&'static str, u8)];

/// With Shift.
const SHIFT: u8 = 0x80;

/// Letters of a QWERTY keyboard.
pub(super) static LETTERS: [(&str, u8); 2] = [
    ("abcdefghijklmnopqrstuvwxyz", 0x04),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0x04 | SHIFT),
];

/// Letters of a QWERTZ keyboard: y and z change places.
pub(super) static LETTERS_QWERTZ: [(&str, u8); 2] = [
    ("abcdefghijklmnopqrstuvwxzy", 0x04),
    ("ABCDEFGHIJKLMNOPQRSTUVWXZY", 0x04 | SHIFT),
];

/// Letters of an AZERTY keyboard: a and q, z and w change places, m lies beside l.
pub(super) static LETTERS_AZERTY: [(&str, u8); 4] = [
    ("qbcdefghijkl,noparstuvzxyw", 0x04),
    ("QBCDEFGHIJKL?NOPARSTUVZXYW", 0x04 | SHIFT),
    ("m", 0x33),
    ("M", 0x33 | SHIFT),
];

/// The same everywhere: Enter, Tab, space.
pub(super) static WHITE_SPACE: [(&str, u8); 2] = [("\n", 0x28), ("\t ", 0x2B)];

/// The rest of the US layout. The key left of or above Enter has two usages, 31 and 32, which
/// are one key to every system; here and below stands what Yubico's own tables have.
pub(super) static US: [(&str, u8); 6] = [
    ("1234567890", 0x1E),
    ("!@#$%^&*()", 0x1E | SHIFT),
    ("-=[]", 0x2D),
    ("\\;'`,./", 0x32),
    ("_+{}", 0x2D | SHIFT),
    ("|:\"~<>?", 0x32 | SHIFT),
];

/// The rest of the UK layout.
pub(super) static UK: [(&str, u8); 8] = [
    ("1234567890", 0x1E),
    ("!\"£$%^&*()", 0x1E | SHIFT),
    ("-=[]", 0x2D),
    ("#;'`,./", 0x32),
    ("_+{}", 0x2D | SHIFT),
    ("~:@¬<>?", 0x32 | SHIFT),
    ("\\", 0x64),
    ("|", 0x64 | SHIFT),
];

/// The rest of the German layout. ^ ´ ` are dead keys.
pub(super) static DE: [(&str, u8); 11] = [
    ("1234567890", 0x1E),
    ("!\"§$%&/()=", 0x1E | SHIFT),
    ("ß", 0x2D),
    ("?", 0x2D | SHIFT),
    ("ü+", 0x2F),
    ("Ü*", 0x2F | SHIFT),
    ("#öä", 0x32),
    ("'ÖÄ°;:_", 0x32 | SHIFT),
    (",.-", 0x36),
    ("<", 0x64),
    (">", 0x64 | SHIFT),
];

/// The rest of the French layout. ^ and ¨ are dead keys.
pub(super) static FR: [(&str, u8); 13] = [
    ("&é\"'(-è_çà", 0x1E),
    ("1234567890", 0x1E | SHIFT),
    (")=", 0x2D),
    ("°+", 0x2D | SHIFT),
    ("$", 0x30),
    ("£", 0x30 | SHIFT),
    ("*", 0x31),
    ("µ", 0x31 | SHIFT),
    ("ù²;:!", 0x34),
    ("%", 0x34 | SHIFT),
    ("./§", 0x36 | SHIFT),
    ("<", 0x64),
    (">", 0x64 | SHIFT),
];

/// The sixteen letters, also in capitals.
pub(super) static MODHEX: [(&str, u8); 8] = [
    ("bcdefghijkl", 0x05),
    ("n", 0x11),
    ("r", 0x15),
    ("tuv", 0x17),
    ("BCDEFGHIJKL", 0x05 | SHIFT),
    ("N", 0x11 | SHIFT),
    ("R", 0x15 | SHIFT),
    ("TUV", 0x17 | SHIFT),
];
