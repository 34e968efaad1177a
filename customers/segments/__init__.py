"""Customer segments in the policy's dimensions (POLICY 二（一）2): `fields` says what may be asked, `rules` reads and checks a
rule, `compiling` turns it into one condition of one statement."""
