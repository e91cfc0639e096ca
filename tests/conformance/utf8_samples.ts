/**
 * Byte sequences that are UTF-8 and that are not, after Markus Kuhn's decoder stress test and the Autobahn suite.
 */
import { bytesOf, hex, join } from "./client_frames.ts";

type Sample = readonly [name: string, bytes: Uint8Array];

function code(...points: number[]): Uint8Array {
  return bytesOf(String.fromCodePoint(...points));
}

/** Texts that must come through unchanged. */
export const VALID_UTF8: readonly Sample[] = [
  ["letters", bytesOf("Hello")],
  ["Greek", bytesOf("κόσμε")],
  ["Latin, Cyrillic, Han, emoji", bytesOf("Hello-µ@ßöäüàá-UTF-8!! Привет 世界 🎉👩‍💻")],
  ["a null", hex("00")],
  ["U+007F", code(0x7f)],
  ["U+0080", code(0x80)],
  ["U+07FF", code(0x7ff)],
  ["U+0800", code(0x800)],
  ["U+0FFF", code(0xfff)],
  ["U+1000", code(0x1000)],
  ["U+CFFF", code(0xcfff)],
  ["U+D7FF, before the surrogates", code(0xd7ff)],
  ["U+E000, after the surrogates", code(0xe000)],
  ["U+FFFD", code(0xfffd)],
  ["U+FFFE", code(0xfffe)],
  ["U+FFFF", code(0xffff)],
  ["U+FDD0, no character", code(0xfdd0)],
  ["U+10000", code(0x10000)],
  ["U+1FFFE, no character", code(0x1fffe)],
  ["U+3FFFF", code(0x3ffff)],
  ["U+40000", code(0x40000)],
  ["U+FFFFF", code(0xfffff)],
  ["U+100000", code(0x100000)],
  ["U+10FFFF, the last", code(0x10ffff)],
  ["a byte order mark first", join(code(0xfeff), bytesOf("text"))],
  ["a byte order mark alone", code(0xfeff)],
  ["a long text with one foreign character", bytesOf(`${"a".repeat(500)}é${"b".repeat(500)}`)],
  ["a long text of foreign characters", bytesOf("日本語".repeat(200))],
];

/** Texts that must be refused with 1007. */
export const INVALID_UTF8: readonly Sample[] = [
  ["a lone 80", hex("80")],
  ["a lone BF", hex("bf")],
  ["two lone continuation bytes", hex("80 bf")],
  ["FE", hex("fe")],
  ["FF", hex("ff")],
  ["FE FE FF FF", hex("fe fe ff ff")],
  ["C0 AF: a slash in two bytes", hex("c0 af")],
  ["C1 BF: overlong U+007F", hex("c1 bf")],
  ["E0 80 AF: a slash in three bytes", hex("e0 80 af")],
  ["E0 9F BF: overlong U+07FF", hex("e0 9f bf")],
  ["F0 80 80 AF: a slash in four bytes", hex("f0 80 80 af")],
  ["F0 8F BF BF: overlong U+FFFF", hex("f0 8f bf bf")],
  ["F8 80 80 80 AF: five bytes", hex("f8 80 80 80 af")],
  ["FC 80 80 80 80 AF: six bytes", hex("fc 80 80 80 80 af")],
  ["C0 80: an overlong null", hex("c0 80")],
  ["ED A0 80: surrogate U+D800", hex("ed a0 80")],
  ["ED AD BF: surrogate U+DB7F", hex("ed ad bf")],
  ["ED BF BF: surrogate U+DFFF", hex("ed bf bf")],
  ["ED A0 80 ED B0 80: a pair of surrogates", hex("ed a0 80 ed b0 80")],
  ["F4 90 80 80: U+110000", hex("f4 90 80 80")],
  ["F5 80 80 80: above U+13FFFF", hex("f5 80 80 80")],
  ["F7 BF BF BF: U+1FFFFF", hex("f7 bf bf bf")],
  ["a cut two-byte character", hex("c3")],
  ["a cut three-byte character", hex("e2 82")],
  ["a cut four-byte character", hex("f0 9f 8e")],
  ["a cut character after letters", hex("48 65 6c 6c 6f e2 82")],
  ["a letter within a two-byte character", hex("c3 41")],
  ["a letter within a three-byte character", hex("e2 82 41")],
  ["a letter within a four-byte character", hex("f0 9f 41 80")],
  ["a lead byte within a character", hex("e2 e2 82 ac")],
  ["Greek, then a surrogate, then letters", hex("ce ba e1 bd b9 cf 83 ed a0 80 65 64")],
  ["one continuation byte too many", hex("c3 a9 a9")],
];
