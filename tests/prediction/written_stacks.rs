//! Stacks written by hand: what people write, rightly and wrongly.

use crate::predicted;
use pam_otp_tests::{Login, Machine, sandboxed};

const YES: &str = "pam_debug.so auth=success";
const NO: &str = "pam_debug.so auth=auth_err";

/// The lines of a service; `YES` and `NO` become modules.
const STACKS: &[&str] = &[
    "",
    "# nothing but a remark\n",
    "auth required YES\n",
    "AUTH Required YES\n",
    "auth required NO\n",
    "auth sufficient YES\nauth required NO\n",
    "auth sufficient NO\nauth required YES\n",
    "auth optional YES\n",
    "auth optional NO\n",
    "auth optional NO\nauth optional YES\n",
    "auth required NO\nauth sufficient YES\n",
    "auth requisite NO\nauth required YES\n",
    "auth [success=1 default=ignore] YES\nauth requisite pam_deny.so\nauth required pam_permit.so\n",
    "auth [success=1 default=ignore] NO\nauth requisite pam_deny.so\nauth required pam_permit.so\n",
    "auth [success=2 default=ignore] YES\nauth requisite pam_deny.so\n",
    "auth [success=9 default=ignore] YES\nauth required YES\n",
    "auth [success=1 default=ignore] YES\nauth required NO\n",
    "auth [default=ignore] YES\n",
    "auth [success=ok] YES\n",
    "auth [success = ok  default = die] YES\n",
    "auth [default=ok] NO\n",
    "auth [default=done] NO\nauth required YES\n",
    "auth [success=reset default=ok] YES\n",
    "auth required NO\nauth [default=reset] YES\nauth required YES\n",
    "auth requird YES\n",
    "auth [success=fine] YES\n",
    "auth [succes=ok default=ignore] YES\nauth required YES\n",
    "auth [success=0] YES\n",
    "auth required\n",
    "auth optional\nauth required YES\n",
    "auth\n",
    "auht required YES\n",
    "auht optional NO\nauth required YES\n",
    "auth required pam_nowhere.so\n",
    "auth optional pam_nowhere.so\nauth required YES\n",
    "-auth required pam_nowhere.so\nauth required YES\n",
    "-auth optional pam_nowhere.so\nauth required YES\n",
    "auth [module_unknown=ignore default=die] pam_nowhere.so\nauth required YES\n",
    "auth include nowhere\n",
    "auth required YES\nauth include nowhere\n",
    "auth sufficient YES\nauth include nowhere\n",
    "auth substack nowhere\nauth required YES\n",
    "@include nowhere\n",
    "auth required YES\n@include nowhere\n",
    "@include yes\n",
    "@INCLUDE yes\nauth required NO\n",
    "auth include yes\nauth required YES\n",
    "auth include sufficient_yes\nauth required NO\n",
    "auth substack sufficient_yes\nauth required NO\n",
    "auth substack sufficient_no\nauth required YES\n",
    "auth substack dying\nauth required YES\n",
    "auth substack dying\nauth sufficient YES\n",
    "auth [success=1 default=ignore] YES\nauth substack dying\nauth required YES\n",
    "auth include broken_line\nauth required YES\n",
    "auth include endless\n",
    "auth include mixed\n",
    "account required pam_permit.so\n",
    "auth required \\\n  YES\n",
    "auth required YES # not a word of it\n",
    "auth \\\n# a remark in between\n required YES\n",
    "auth required YES \\\n",
    "auth required pam_debug.so [auth=auth_err]\n",
    "\tauth\trequired\tYES\n",
];

const INCLUDED: &[(&str, &str)] = &[
    ("other", "auth required pam_deny.so\n"),
    ("yes", "auth required YES\n"),
    ("sufficient_yes", "auth sufficient YES\n"),
    ("sufficient_no", "auth sufficient NO\n"),
    ("dying", "auth requisite NO\nauth required YES\n"),
    ("broken_line", "auth required YES\nauth required \\\n"),
    ("endless", "auth required YES\nauth include endless\n"),
    (
        "mixed",
        "account required pam_deny.so\nauth required YES\nnonsense required YES\n",
    ),
];

sandboxed! {
    fn written_stacks_answer_what_is_predicted() {
        let machine = Machine::with_alice();
        let in_words = |text: &str| text.replace("YES", YES).replace("NO", NO);
        for (name, text) in INCLUDED {
            machine.stack(name, &in_words(text));
        }
        let mut wrong = Vec::new();
        for lines in STACKS {
            machine.stack("door", &in_words(lines));
            let predicted = predicted("door");
            // What cannot be read at all never gets as far as a login.
            let real = Login::new("door", "alice").outcome();
            let real = real.unwrap_or_else(|| "PAM_ABORT".into());
            if predicted != real {
                wrong.push(format!("{predicted} was predicted, {real:?} came:\n{lines}"));
            }
        }
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), STACKS.len(), wrong.join("\n"));
    }

    fn a_service_without_a_file_is_other() {
        let machine = Machine::with_alice();
        for lines in ["auth required YES\n", "auth required NO\n"] {
            machine.stack("other", &lines.replace("YES", YES).replace("NO", NO));
            let real = Login::new("nowhere", "alice").outcome().unwrap_or_default();
            assert_eq!(predicted("nowhere"), real, "{lines}");
        }
    }
}
