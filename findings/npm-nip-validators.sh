#!/bin/sh
# Shops' form validators disagree about a right NIP, and one of them takes any ten digits as a Polish VAT number.
#
# Version:   npm's validator 13.15.35, jsvat 2.5.4, stdnum 1.12.0
# Expected:  a function that is named after a check of VAT or tax numbers checks the check digit, and the usual
#            spellings of one right number pass everywhere or nowhere.
# Seen:      validator's isVAT(…, "PL") takes any ten digits: with a wrong check digit, and numbers whose remainder is 10, which no
#            office ever gave out. Its isTaxID(…, "pl-PL") looks at the digit, but refuses the dashes and the PL that its
#            isVAT takes, and takes 0000000000. jsvat refuses a NIP unless "PL" stands before it. stdnum takes all
#            spellings, and 0000000000. So no spelling passes all four, and a NIP that "was validated in the shop" may
#            be wrong, in any spelling, or ten zeros.
# Follows:   src/model/tax_id.c reads every spelling itself, counts the check digit, and takes numbers of one digit
#            for none (tests/unit/tax_id_test.c).
#
# Needs npm and node 18 or later; installs nothing outside a temporary directory.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund validator@13.15.35 jsvat@2.5.4 stdnum@1.12.0 >/dev/null
cat >nip.js <<'J'
const validator = require('validator'), jsvat = require('jsvat'), { stdnum } = require('stdnum')
// One right number in four spellings; a wrong check digit; a remainder of 10, with 0 behind it; ten zeros.
const numbers = ['1234563218', '123-456-32-18', 'PL1234563218', 'PL123-456-32-18', '1234563219', '5261000020', '0000000000']
const word = (yes) => (yes ? 'yes' : 'no')
for (const n of numbers)
  console.log(n.padEnd(16), 'isVAT', word(validator.isVAT(n, 'PL')), 'isTaxID', word(validator.isTaxID(n, 'pl-PL')),
    'jsvat', word(jsvat.checkVAT(n, [jsvat.poland]).isValid), 'stdnum', word(stdnum.PL.nip.validate(n).isValid))
J
node nip.js >seen
cat seen
cat >wanted <<'W'
1234563218       isVAT yes isTaxID yes jsvat no stdnum yes
123-456-32-18    isVAT yes isTaxID no jsvat no stdnum yes
PL1234563218     isVAT yes isTaxID no jsvat yes stdnum yes
PL123-456-32-18  isVAT yes isTaxID no jsvat yes stdnum yes
1234563219       isVAT yes isTaxID no jsvat no stdnum no
5261000020       isVAT yes isTaxID no jsvat no stdnum no
0000000000       isVAT yes isTaxID yes jsvat no stdnum yes
W
if cmp -s seen wanted; then
    echo "as stated"
else
    echo "FAIL: the behaviour has changed"
    exit 1
fi
