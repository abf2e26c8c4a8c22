#pragma once
/// @file
/// What similarity.cpp knows of Vietnamese as citizens write it: abbreviations, phrases without meaning, subjects,
/// kinds of places. All words are folded (fold() of text.hpp); where folding makes two words one, the list leaves it
/// out or holds a longer phrase.

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::domain::words {

/// Folded words of a text: abbreviations and words of the regions as the rest of the country writes them ("ko" →
/// "khong", "kp3" → "khu pho 3"), numbers in figures ("hem mot tram le hai" → "hem 102").
std::vector<std::string> wordsOf(std::string_view text);
/// Says nothing about the matter: "kinh", "gui", "de", "nghi".
bool isFiller(std::string_view word);
/// How many words at `at` are no name but a kind of place or a preposition: "duong", "gan" 1, "doi dien" 2; 0: a name.
std::size_t placeKindAt(const std::vector<std::string>& words, std::size_t at);
/// The kind of place that a number after `word` counts, one for words that people mix ("ngo", "kiet" → "hem"); empty:
/// none.
std::string_view numberedKind(std::string_view word);

/// A place of which a ward has one or few that the words at `at` name ("cho", "tram y te"); empty: none.
std::string_view facilityAt(const std::vector<std::string>& words, std::size_t at);

/// Bit i: the i-th subject of the list. What petitions are about: "đèn đường", "rác", "giấy tờ đất".
using SubjectSet = std::bitset<128>;
SubjectSet subjectsIn(const std::vector<std::string>& words);
/// Those in which everybody has a case of their own: papers, insurance cards, fraud.
const SubjectSet& personalSubjects();
/// Those that strike whole streets and pass: floods, outages.
const SubjectSet& wideSubjects();
/// For people: Vietnamese, comma-separated.
std::string subjectNames(const SubjectSet& set);

/// Thanks, asks after a petition, objects to an answer, withdraws.
bool isAboutHandling(const std::vector<std::string>& words);
/// Asks to be passed on.
bool isChainMessage(const std::vector<std::string>& words);
/// Speaks of the writer's own family, house or papers.
bool isOwnCase(const std::vector<std::string>& words);
/// Says that what was mended is broken again.
bool saysAgain(const std::vector<std::string>& words);

}  // namespace pakn::domain::words
