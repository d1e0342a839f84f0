//! A token in the virtual reader is what any PC/SC program sees.

use pam_otp_tests::{PcscCard, TokenRig, sandboxed};
use token_drivers::{Card, CardError};

const SELECT_OATH: &[u8] = &[0, 0xA4, 4, 0, 7, 0xA0, 0, 0, 5, 0x27, 0x21, 1, 0];

sandboxed! {
    fn a_token_in_the_virtual_reader_answers() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &[]);

        let mut card = PcscCard::connect(token.reader());
        let answer = card.exchange(SELECT_OATH).unwrap();

        assert_eq!(answer[..7], [0x79, 3, 5, 4, 3, 0x71, 8]);
        assert_eq!(answer[15..], [0x90, 0]);
        assert_eq!(token.exchanges(), 1);
    }

    fn two_readers_hold_two_tokens() {
        let rig = TokenRig::start();
        let one = rig.insert_at(0, "yubikey", &["--version", "5.7.1"]);
        let other = rig.insert_at(1, "canokey", &[]);

        let version = |reader| PcscCard::connect(reader).exchange(SELECT_OATH).unwrap()[2..5].to_vec();

        assert_eq!(version(one.reader()), [5, 7, 1]);
        assert_eq!(version(other.reader()), [6, 0, 0]);
    }

    fn a_token_is_pulled_out_when_told_and_comes_back() {
        let rig = TokenRig::start();
        let token = rig.insert("yubikey", &[]);
        let mut card = PcscCard::connect(token.reader());
        token.answers_at(1, 0x6581);
        token.is_removed_at(2);

        let refused = card.exchange(SELECT_OATH).unwrap();
        let removed = card.exchange(SELECT_OATH);
        drop(card);
        token.insert();
        let back = PcscCard::connect(token.reader()).exchange(SELECT_OATH).unwrap();

        assert_eq!(*refused, [0x65, 0x81]);
        assert_eq!(removed, Err(CardError::Removed));
        assert_eq!(back[..2], [0x79, 3]);
    }
}
