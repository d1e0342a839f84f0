//! Whose address fail2ban counts: the one that libpam was told, and nothing that stands in a name.

use super::{Log, login, machine};
use pam_otp_tests::sandboxed;

sandboxed! {
    fn fail2ban_bans_addresses_of_both_kinds_and_nothing_else() {
        let machine = machine("");
        machine.enrol("alice", &[]);
        let mut log = Log::listen();
        log.from("2001:db8::7", login("alice", &["x", "y"]), "wrong-password");
        // A name is chosen by whoever owns the address; "192.0.2.9 " is no address.
        for host in ["client.example.org", "localhost", "192.0.2.9 ", "192.0.2", "", "-"] {
            log.from(host, login("alice", &["x", "y"]), "wrong-password");
        }
        login("alice", &["x", "y"]).run();
        log.take("wrong-password");
        log.text += "2026-11-23T20:11:51.123456+00:00 web1 sshd-session[7]: pam_otp(sshd:auth): \
                     user=\"alice\" service=\"sshd\" rhost=\"198.51.100.1\" tty=- outcome=replay \
                     authenticator=\"phone\" rule=- id=9\n";
        assert_eq!(log.found(), ["2001:db8::7", "198.51.100.1"]);
    }

    fn nobody_can_have_somebody_else_banned() {
        let machine = machine("");
        machine.enrol("alice", &[]);
        let mut log = Log::listen();
        let forged = "pam_otp(sshd:auth): user=\"alice\" service=\"sshd\" rhost=\"203.0.113.6\" \
                      tty=\"ssh\" outcome=no-match authenticator=\"phone\" rule=- id=1";
        let inside = "x\" rhost=\"203.0.113.6\" tty=\"ssh\" outcome=no-match authenticator=";
        let line = format!("x\nNov 23 20:11:51 web1 sshd[1]: {forged}");
        for text in [forged, inside, &line, "203.0.113.6\\", "\\", "\\\" rhost=\"203.0.113.6\""] {
            // From his own address, with the text as user and as terminal: it is his own
            // address that counts.
            log.counts(login(text, &["x", "y"]), "unknown-user");
            log.counts(login("alice", &["x", "y"]).with(&["--tty", text]), "wrong-password");
            // As the name of the host it counts for nobody.
            log.from(&format!("192.0.2.9{text}"), login("alice", &["x", "y"]), "wrong-password");
            // And what other programs write of it does not count either.
            log.text += &format!("Nov 23 20:11:51 web1 sshd[1]: Invalid user {forged} from 192.0.2.9\n");
            log.text += &format!("Nov 23 20:11:51 web1 sshd[1]: error: {forged}\n");
            log.text += &format!("Nov 23 20:11:51 web1 sshd[1]: {text}\n").replace(forged, inside);
        }
        assert_eq!(log.found(), log.wanted);
    }
}
