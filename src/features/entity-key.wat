;; SipHash-2-4 (J.-P. Aumasson and D. J. Bernstein, 2012) of the first `size` bytes of memory, under the key k1:k0, as halves of 32 bits.
;; JavaScript has no fast integers of 64 bits: in its halves the same takes three times as long.
;;
;; `npm run generate` makes entity-key-module.ts of this file, and a test holds the two together.
(module
  (memory (export "memory") 1)

  ;; The hash, 8 bytes little-endian, goes to the byte `result` of memory, which is above all texts.
  (func (export "hash") (param $k0Low i32) (param $k0High i32) (param $k1Low i32) (param $k1High i32)
    (param $size i32) (param $result i32)
    (local $v0 i64) (local $v1 i64) (local $v2 i64) (local $v3 i64)
    (local $word i64) (local $at i32) (local $whole i32) (local $rounds i32)

    (local.set $v0 (i64.or (i64.shl (i64.extend_i32_u (local.get $k0High)) (i64.const 32)) (i64.extend_i32_u (local.get $k0Low))))
    (local.set $v1 (i64.or (i64.shl (i64.extend_i32_u (local.get $k1High)) (i64.const 32)) (i64.extend_i32_u (local.get $k1Low))))
    (local.set $v2 (i64.xor (local.get $v0) (i64.const 0x6c7967656e657261)))
    (local.set $v3 (i64.xor (local.get $v1) (i64.const 0x7465646279746573)))
    (local.set $v0 (i64.xor (local.get $v0) (i64.const 0x736f6d6570736575)))
    (local.set $v1 (i64.xor (local.get $v1) (i64.const 0x646f72616e646f6d)))
    (local.set $whole (i32.and (local.get $size) (i32.const -8)))

    ;; Whole words and what is left, with the size on top, two rounds each; then four rounds that seal.
    (loop $next
      (local.set $rounds (i32.const 2))
      (local.set $word (i64.load (local.get $at)))
      (if (i32.ge_u (local.get $at) (local.get $whole))
        (then
          ;; The bytes of the word that belong to the text: 0 to 7.
          (local.set $word
            (i64.or
              (i64.shl (i64.extend_i32_u (local.get $size)) (i64.const 56))
              (i64.and (local.get $word)
                (i64.sub
                  (i64.shl (i64.const 1) (i64.extend_i32_u (i32.shl (i32.sub (local.get $size) (local.get $whole)) (i32.const 3))))
                  (i64.const 1)))))
          (if (i32.gt_u (local.get $at) (local.get $whole))
            (then
              (local.set $word (i64.const 0))
              (local.set $rounds (i32.const 4))
              (local.set $v2 (i64.xor (local.get $v2) (i64.const 0xff)))))))
      (local.set $v3 (i64.xor (local.get $v3) (local.get $word)))
      (loop $round
        (local.set $v0 (i64.add (local.get $v0) (local.get $v1)))
        (local.set $v1 (i64.xor (i64.rotl (local.get $v1) (i64.const 13)) (local.get $v0)))
        (local.set $v0 (i64.rotl (local.get $v0) (i64.const 32)))
        (local.set $v2 (i64.add (local.get $v2) (local.get $v3)))
        (local.set $v3 (i64.xor (i64.rotl (local.get $v3) (i64.const 16)) (local.get $v2)))
        (local.set $v0 (i64.add (local.get $v0) (local.get $v3)))
        (local.set $v3 (i64.xor (i64.rotl (local.get $v3) (i64.const 21)) (local.get $v0)))
        (local.set $v2 (i64.add (local.get $v2) (local.get $v1)))
        (local.set $v1 (i64.xor (i64.rotl (local.get $v1) (i64.const 17)) (local.get $v2)))
        (local.set $v2 (i64.rotl (local.get $v2) (i64.const 32)))
        (br_if $round (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
      (local.set $v0 (i64.xor (local.get $v0) (local.get $word)))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (i32.le_u (local.get $at) (i32.add (local.get $whole) (i32.const 8)))))

    (i64.store (local.get $result)
      (i64.xor (i64.xor (local.get $v0) (local.get $v1)) (i64.xor (local.get $v2) (local.get $v3)))))
)
