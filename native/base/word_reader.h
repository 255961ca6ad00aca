#ifndef EDGEC_BASE_WORD_READER_H_
#define EDGEC_BASE_WORD_READER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace edgec {

// A list inside the words of a section: it lives as long as they do.
template <typename T>
struct WordList {
  const int32_t* words = nullptr;
  uint32_t size = 0;
  T operator[](size_t i) const {
    T value;
    std::memcpy(&value, words + i, sizeof(value));
    return value;
  }
};
using IntList = WordList<int32_t>;
using FloatList = WordList<float>;

// Bounded sequential reader of 32-bit words. Every method is false past the end.
class WordReader {
 public:
  WordReader() = default;
  WordReader(const int32_t* words, size_t count) : at_(words), end_(words + count) {}

  size_t left() const { return static_cast<size_t>(end_ - at_); }
  bool AtEnd() const { return at_ == end_; }

  bool Get(int32_t* value) {
    if (at_ == end_) return false;
    *value = *at_++;
    return true;
  }
  bool Get(float* value) {
    if (at_ == end_) return false;
    std::memcpy(value, at_++, sizeof(*value));
    return true;
  }
  bool Get(bool* value) {
    int32_t word = 0;
    if (!Get(&word)) return false;
    *value = word != 0;
    return true;
  }
  // A non-negative 64-bit number, low word first.
  bool Get(uint64_t* value) {
    int32_t low = 0, high = 0;
    if (!Get(&low) || !Get(&high) || high < 0) return false;
    *value = static_cast<uint64_t>(high) << 32 | static_cast<uint32_t>(low);
    return true;
  }
  template <typename T, size_t N>
  bool Get(std::array<T, N>* values) {
    for (T& value : *values)
      if (!Get(&value)) return false;
    return true;
  }
  template <typename T>
  bool Get(WordList<T>* list) {
    int32_t size = 0;
    if (!Get(&size) || size < 0 || static_cast<size_t>(size) > left()) return false;
    list->words = at_;
    list->size = static_cast<uint32_t>(size);
    at_ += size;
    return true;
  }
  template <typename E>
  bool Enum(E* value, int32_t count) {
    int32_t word = 0;
    if (!Get(&word) || word < 0 || word >= count) return false;
    *value = static_cast<E>(word);
    return true;
  }
  bool Take(size_t count, WordReader* part) {
    if (count > left()) return false;
    *part = WordReader(at_, count);
    at_ += count;
    return true;
  }

 private:
  const int32_t* at_ = nullptr;
  const int32_t* end_ = nullptr;
};

}  // namespace edgec

#endif  // EDGEC_BASE_WORD_READER_H_
