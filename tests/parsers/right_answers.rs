//! Right answers of every kind of token, to be damaged.
//!
//! From the conversations that tests/token has with tokens of others' understanding, and from
//! published samples (HID, Token2).

/// Single answers, and conversations as `entries.rs` cuts them: two bytes of length before
/// each answer.
pub(crate) fn all() -> Vec<Vec<u8>> {
    let single = SINGLE.iter().map(|text| bytes(text));
    let conversations = CONVERSATIONS.iter().map(|answers| {
        let answers = answers.iter().map(|text| bytes(text));
        let framed = answers.flat_map(|answer| {
            let length = u16::try_from(answer.len()).expect("short").to_be_bytes();
            [&length[..], &answer].concat()
        });
        framed.collect()
    });
    single.chain(conversations).collect()
}

const SELECT_YUBIKEY: &str = "79 03 050403 71 08 a74912a643a755b2 9000";
const SELECT_LOCKED: &str =
    "79 03 050403 71 08 a74912a643a755b2 74 08 80a1322f0085194e 7b 01 01 9000";
const SELECT_NITROKEY: &str = "79 03 041000 71 08 3ad3b5303bc4ba81 8f 04 deadbeef 9000";
const SELECT_NITROKEY_PIN: &str = "79 03 041000 82 01 08 8f 04 deadbeef 9000";
const LIST: &str = "72 0a 11 4973733a686f747031 72 0c 22 36302f41434d453a6a6f65";
const LIST_WITH_PROPERTIES: &str = "72 0b 11 4973733a686f747031 00 72 06 21 626f7468 06";
const CODE: &str = "76 05 08 41397eea";
const ALL_CODES: &str = "71 09 4973733a686f747031 77 01 08 71 0b 36302f41434d453a6a6f65 76 05 08 \
     7a39fd0a 71 06 746f75636831 7c 01 06";
const PROOF: &str = "75 14 383a083d88241c1586fa7ec53bacbe8429fd9cec";
const STATUS: &str = "050403 01 05 00";
const DEVICE: &str = "2b 0102 0021 0204 00bc614e 0302 0021 0401 01 0503 050403 0602 0000 0701 0f \
     0801 00 0a01 00 0d02 0021 0e02 0021";
const CRESCENDO: &str = "6f12 8407 a0000000791000 a507 0105 10 03000301";
const CRESCENDO_SLOT: &str = "6f2f 8407 a0000000792300 a524 0105 23 03000302 2602 0101 4a17 \
     000000000000000000000000 06 00 10 1e 000000000000 06";
const TOKEN2_INFO: &str = "7017 000f 383635393631323132333435363738 0004 65432100";
const MOLTO2_INFO: &str = "7014 000c 303030303132333435363738 0004 65432100";
const MOLTO2_PROFILE: &str = "95 1f 70 1d 00 616c6963650000000000000000000000 65432100 00000000 \
     01 1e 06 01";

const SINGLE: &[&str] = &[
    SELECT_YUBIKEY,
    SELECT_LOCKED,
    SELECT_NITROKEY,
    SELECT_NITROKEY_PIN,
    LIST,
    LIST_WITH_PROPERTIES,
    CODE,
    ALL_CODES,
    PROOF,
    STATUS,
    DEVICE,
    CRESCENDO,
    CRESCENDO_SLOT,
    "755224",
    "7c 05 82 03 608993",
    TOKEN2_INFO,
    MOLTO2_INFO,
    MOLTO2_PROFILE,
    // Over HID: a status report, and the pieces of an answer.
    "00 050403 01 05 00 00  00bc614ec8040080  00bc614ec80400c0  0000000000000000",
    "bbb868871fb0c0 8ef67db893c1c1 010e42d2120ac2c2",
];

const CONVERSATIONS: &[&[&str]] = &[
    &[
        SELECT_YUBIKEY,
        "5669727475616c206d6772 9000",
        SELECT_YUBIKEY,
        "71 09 4973733a686f747031 77 01 08 71 05 616c696365 76 05 06 7a39fd0a 9000",
        "72 0a 11 4973733a686f747031 72 06 21 616c696365 9000",
        "76 05 06 41397eea 9000",
        "9000",
        "9000",
        SELECT_YUBIKEY,
        "9000",
        SELECT_YUBIKEY,
        "9000",
    ],
    &[
        SELECT_LOCKED,
        "75 14 383a083d88241c1586fa7ec53bacbe8429fd9cec 9000",
        "6a80",
        "6982",
    ],
    &[
        SELECT_NITROKEY_PIN,
        "9000",
        "72 0b 11 4973733a686f747031 00 72 06 21 626f7468 06 61ff",
        "72 06 21 626f7468 02 9000",
        "76 05 06 41397eea 9000",
        "6983",
        "63c2",
    ],
    &[
        SELECT_NITROKEY,
        "383a083d88241c1586fa7ec53bacbe8429fd9cec 9000",
        "6115",
        "6a82",
    ],
    &[
        "050403 01 05 00 9000",
        "00bc614e 9000",
        "bbb868871fb08ef67db893010e42d2120a476d99 9000",
        "050403 02 04 00 9000",
        "050403 03 08 00 9000",
    ],
    &[
        "5669727475616c206d6772202d2046572076657273696f6e20352e342e33 9000",
        "2b 0102 0021 0204 00bc614e 0302 0021 0401 01 0503 050403 0602 0000 0701 0f 0801 00 0a01 \
         00 0d02 0021 0e02 0021 9000",
    ],
    &[
        "6f12 8407 a0000000791000 a507 0105 10 03000301 9000",
        "9000",
        "6f2f 8407 a0000000792300 a524 0105 23 03000302 2602 0101 4a17 000000000000000000000000 \
         06 00 10 1e 000000000000 06 9000",
        "6985",
        "755224 9000",
    ],
    &[
        "7017 000f 383635393631323132333435363738 0004 65432100 9000",
        "1122334455667788 9000",
        "9000",
    ],
    &[
        "7014 000c 303030303132333435363738 0004 65432100 9000",
        "1122334455667788 9000",
        "9000",
        "95 1f 70 1d 00 616c6963650000000000000000000000 65432100 00000000 01 1e 06 01 9000",
        "9060",
    ],
];

fn bytes(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|one| one.to_digit(16)).collect();
    assert!(digits.len().is_multiple_of(2), "half a byte: {text}");
    let pairs = digits.chunks(2);
    let bytes = pairs.map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("a byte"));
    bytes.collect()
}
