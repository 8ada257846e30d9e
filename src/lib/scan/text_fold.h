/* Vietnamese letters without their marks: one byte for each code point, a full stop where it stays as it is. */
#pragma once

enum { FOLD_LATIN = 0xC0, FOLD_LATIN_END = 0x250, FOLD_VIETNAMESE = 0x1E00, FOLD_VIETNAMESE_END = 0x1F00 };

static const char FOLD_LATIN_LETTERS[] =
    "aaaaaa..eeeeiiii..ooooo..uuuuy..aaaaaa..eeeeiiii..ooooo..uuuuy.yaaaaaa........ddddeeeeeeeeee........"
    "....iiiiiiiii...........................oooooo......................uuuuuuuuuuuu..yyy..............."
    "........................oo.............uu............................aaiioouuuuuuuuuu.aaaa........oo"
    "oo............aa....aaaaeeeeiiiioooo....uuuu..............aaeeooooooooyy............................";

static const char FOLD_VIETNAMESE_LETTERS[] =
    "aa........ddddddddddeeeeeeeeee..............iiii............................oooooooo................"
    "..............uuuuuuuuuu..................yy.........y......aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeee"
    "iiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";
