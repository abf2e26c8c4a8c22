/// @file
/// Lists of words, and how they are looked up. A list is one text: words between spaces, or phrases between commas.

#include "core/domain/similarity_words.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/domain/text.hpp"

namespace pakn::domain::words {
namespace {

using Words = std::vector<std::string>;

/// Abbreviations, chat spellings and words of the regions, each with what the rest of the country writes.
constexpr std::string_view kSpellings =
    "k=khong,ko=khong,kg=khong,hok=khong,hong=hu,dc=duoc,trc=truoc,p=phuong,q=quan,tx=thi xa,tt=thi tran,"
    "tp=thanh pho,d=duong,dg=duong,wa=qua,kp=khu pho,tdp=to dan pho,ql=quoc lo,tl=tinh lo,bv=benh vien,ng=nguoi,"
    "nc=nuoc,cty=cong ty,ccn=cum cong nghiep,kcn=khu cong nghiep,hs=hoc sinh,cv=cong vien,gt=giao thong,"
    "cf=ca phe,xm=xe may,vs=ve sinh,sn=so nha,bs=bac si,ni=nay,zay=vay,nac=nuoc,nghet=tac,thui=thoi,cup=mat,"
    "bua=ngay,bus=buyt,cccd=can cuoc,gplx=giay phep lai xe,bhyt=bao hiem y te,bhxh=bao hiem xa hoi,"
    "vsmt=ve sinh moi truong,pccc=phong chay,nt=nga tu,gcn=giay chung nhan,qsdd=quyen su dung dat,"
    "tdc=tai dinh cu,csgt=canh sat giao thong,light=den,garbage=rac,trash=rac,noise=on ao,noisy=on ao,water=nuoc,"
    "dog=cho,dogs=cho,street=duong,ward=phuong,beach=bien";

/// Says nothing about the matter.
constexpr std::string_view kFiller =
    "kinh gui de nghi kien phan anh nguoi dan ba con toi chung em minh la va cua co cac nhung thi ma da dang se "
    "bi duoc khong o tai tren trong ngoai vao ra len xuong di lai nay kia do rat qua lam nhieu cho voi nhu hay "
    "mong nho xin cam quan chuc nang don xu ly kiem tra som gap ubnd phuong xa thon ap to khu pho hem so truoc "
    "sau gan canh cuoi dau bao hom ngay may thang tuan roi chua ai thay sang chieu moi luc gio tu khi nen vi sao "
    "the nao a ad oi dum giup ho ong chi chu bac cung van het cai gi neu bang tung den khoang hon mot hai doi "
    "dien ben nam vay day theo ve viec can phai vua nua please is and of my in at i we are it for not hoai duong";

/// Stands before names in an address, or between them. Words that names begin with ("phan", "tran", "thanh") are not
/// here; where they are a half of such a word, it stands below.
constexpr std::string_view kPlaceKinds =
    "phuong xa thon ap to khu pho duong hem so nha truoc sau gan canh cuoi dau ngo kiet va o tai xom ngach giao goc "
    "doan ubnd mot qua tuyen buon lang km phia trong vao giap cua ra truong cap thcs thpt nguoi kenh kinh rach";
constexpr std::string_view kPlaceKindsOfTwo =
    "doi dien,thi tran,thi xa,thanh pho,bo phan,tru so,nga ba,nga tu,nga nam,vong xoay,giao lo,dan pho,uy ban,nhan dan,"
    "ngay truoc,khu vuc,truoc cong,ngay cong";

/// Places of which a ward has one or few, each with the word that stands before it in an address.
constexpr std::string_view kFacilities =
    "mam non=mam non,mau giao=mam non,truong mam=mam non,tieu hoc=tieu hoc,cap 1=tieu hoc,thcs=thcs,cap 2=thcs,"
    "thpt=thpt,cap 3=thpt,cho=cho,cong vien=cong vien,chung cu=chung cu,benh vien=benh vien,nghia trang=nghia trang,"
    "ben xe=ben xe,ben pha=ben pha,ben do=ben do,tram y=tram y te,cang ca=cang ca,bai tam=bai bien,bai bien=bai bien";

/// Kinds of place that carry numbers, each with the one name for those that people mix. A house's number follows "so",
/// or in an address "truoc", "canh", "doi dien".
constexpr std::string_view kNumbered =
    "hem=hem,ngo=hem,kiet=hem,ngach=ngach,ap=ap,thon=thon,xom=xom,to=to,pho=khu pho,duong=duong,km=km,doi=doi,"
    "kenh=kenh,lo=lo,tuyen=tuyen,phuong=phuong,quan=quan,so=nha,nha=nha,truoc=nha,canh=nha,dien=nha";
/// Those after which one word may be the number: "ap ba". Not "duong": "duong Ba Trieu" is a name.
constexpr std::string_view kNumberedInWords = "hem ngo kiet ap thon xom to pho km so kenh";

struct Subject {
    std::string_view name;  ///< For people, Vietnamese.
    bool personal = false;
    bool wide = false;
};

struct SubjectPhrases {
    Subject subject;
    std::string_view phrases;  ///< Comma-separated, as wordsOf() leaves them.
};
/// What petitions are about. A phrase may stand under several subjects.
constexpr auto kSubjects = std::to_array<SubjectPhrases>({
    {{"đèn đường"},
     "den duong,bong den,den truoc,den tat,den hu,cot den,tru den,den chieu sang,chieu sang,khong sang,dien duong,toi "
     "om,toi thoi"},
    {{"đèn giao thông"}, "den giao thong,tin hieu,den do,den xanh,den vang,traffic den,traffic"},
    {{"mặt đường hư"},
     "o ga,o voi,ho sau,mat duong,sut lun,va duong,duong hu,hu duong,duong nat,lay loi,pothole,sup banh,be tong,dam "
     "va,sup ho,duong dat,lam lai doan,do da,bun lay,duong xuong cap"},
    {{"rác"}, "rac,xa ban,phe thai,rac thai"},
    {{"ngập", false, true}, "ngap,trieu cuong,nuoc tran,nhu song,nuoc vao nha,nuoc vo nha"},
    {{"cống tắc"}, "thoat nuoc,cong tac,tac cong,nao vet,mieng cong,bi tac,cong thoat,cong bi,bit cong,bit mieng"},
    {{"nắp cống"}, "nap cong,ho ga,nap ho,manhole,ho cong"},
    {{"tiếng ồn"}, "karaoke,loa,on ao,am i,gay on,tieng on,mo nhac,on qua,rat on,nhac lon"},
    {{"mất nước", false, true}, "mat nuoc,khong co nuoc,nuoc yeu,ap luc nuoc,nuoc chay yeu"},
    {{"nước bẩn"}, "nuoc duc,duc ngau,nuoc vang,phen,clo,nuoc may duc,nuoc co mui"},
    {{"ống nước vỡ"}, "ong nuoc,vo ong,ong vo,be ong,ong be,ro ri nuoc"},
    {{"mất điện", false, true}, "mat dien,dien yeu,dien ap,cat dien"},
    {{"tiền điện, tiền nước"}, "tien dien,tien nuoc,hoa don,cong to,chi so,dong ho nuoc,dien ke"},
    {{"gắn đồng hồ", true}, "gan dong ho,lap dong ho,dong ho nuoc moi,gan dien ke,lap dien ke"},
    {{"cột điện, dây điện"}, "cot dien,tru dien,day dien,day cap,dut day,cap vien thong,day dien thoai,cot nghieng"},
    {{"chập điện, cháy"}, "tu dien,xet lua,tia lua,chap dien,chay no,boc chay"},
    {{"chó thả rông"}, "cho tha,tha rong,cho hoang,bay cho,dan cho,cho can,cho du,ro mom"},
    {{"khói, đốt"}, "khoi den,khoi doc,khoi bui,khoi mu,khoi bay,xa khoi,mui khet,khet,dot rac,dot day,dot rom"},
    {{"chăn nuôi"}, "trai heo,trai lon,chan nuoi,nuoi ga,nuoi heo,nuoi lon,chuong heo,chuong lon,nuoi vit"},
    {{"nước thải"}, "nuoc thai,xa thai,nuoc den,xa nuoc,chat thai,o nhiem nguon nuoc"},
    {{"cá chết"}, "ca chet"},
    {{"dầu loang"}, "dau loang,dau nhot,dau tran,vet dau,dau do"},
    {{"xây dựng trái phép"},
     "xay dung trai phep,xay nha trai phep,khong phep,trai phep,giay phep xay dung,coi noi,xay lan,lan dat,nha tien "
     "che"},
    {{"thi công gây hại"}, "do be tong,dao mong,nut nha,nut tuong,lun nha,thi cong,cong trinh"},
    {{"vỉa hè, lấn chiếm"}, "via he,lan chiem,long duong,bay ban,le duong"},
    {{"đậu xe"}, "dau xe,do xe,xe dau,xe tai dau,dau kin,container dau,dau o to,dung do"},
    {{"giữ xe"}, "giu xe,gui xe"},
    {{"xe tải, xe quá tải"}, "xe ben,xe tai,qua tai,cho cat,cho dat,cho da"},
    {{"kẹt xe"}, "ket xe,un tac,ket cung"},
    {{"biển báo"}, "bien bao,bien ten,bang ten duong,bien cam"},
    {{"vạch sơn"}, "vach,vach ke,vach son"},
    {{"gương cầu"}, "guong cau"},
    {{"gờ giảm tốc"}, "go giam toc,giam toc"},
    {{"cây xanh"}, "cay xanh,cay do,do cay,cay nghieng,cay phuong,bat goc,bat re,nhanh cay,cay gay"},
    {{"sạt lở"}, "sat lo,sut lo,ke song,nut toac,vet nut,nut dai,sut lun,dat sut,dat da"},
    {{"cầu hư"}, "cau go,cau van,cau treo,lan can,cau sap,van cau"},
    {{"vi phạm đèn đỏ"}, "vuot den,phat nguoi,nguoc chieu"},
    {{"cờ bạc"}, "danh bac,da ga,danh bai,ca do,chua bac,song bai,co bac"},
    {{"ma túy"}, "ma tuy,nghien,tiem chich,kim tiem,chich ma"},
    {{"trộm cướp"}, "trom,cuop,bi giat,giat do,giat tui,giat day,giat dien thoai,lay mat,cay lay,moc tui"},
    {{"đua xe"}, "dua xe,net po,lang lach,phong bat mang,phong nhanh,bat mang"},
    {{"đánh nhau, nhậu nhẹt"}, "danh nhau,nhau nhet,say ruou,danh hoi dong"},
    {{"lừa đảo", true}, "lua dao,bi lua,lua chuyen tien"},
    {{"khoản thu của trường"}, "thu quy,quy lop,quy truong,lam thu,tien may lanh,khoan thu,thu tien may"},
    {{"đồng phục"}, "dong phuc"},
    {{"bữa ăn bán trú"}, "ban tru,suat an,com trua,tien an"},
    {{"đánh trẻ"}, "danh tre,bao hanh,danh hoc sinh"},
    {{"dạy thêm"}, "day them,hoc them"},
    {{"lương"}, "no luong,tra luong,quyt luong,tien luong,thang luong,tru luong,khong luong,luong cong nhan,tien cong"},
    {{"bảo hiểm xã hội", true}, "bao hiem xa hoi,that nghiep,chot so,thai san"},
    {{"thẻ bảo hiểm y tế", true}, "the bao hiem"},
    {{"giấy tờ đất", true}, "so do,giay chung nhan,cap so,ra so,do dac,ranh gioi,dien tich,lo dat,thua dat"},
    {{"đền bù, tái định cư"}, "den bu,boi thuong,giai toa,tai dinh cu,don gia"},
    {{"giấy tờ hộ tịch", true}, "khai sinh,ho tich,cai chinh,tam tru,thuong tru,giay phep lai xe"},
    {{"căn cước"}, "can cuoc"},
    {{"chờ ở một cửa"},
     "so thu tu,bam so,he thong loi,he thong treo,treo hoai,mang loi,tre hen,di lam tre,mo cua tre,vang mat"},
    {{"thái độ cán bộ"}, "thai do,cua quyen,hach sach,nhung nhieu,quat nat,cau gat"},
    {{"vòi vĩnh"}, "boi duong,voi tien,voi vinh,hoi lo,lot tay,chung chi,muon nhanh"},
    {{"thuốc"}, "het thuoc,khong co thuoc,thuoc huyet ap,lay thuoc,ke thuoc"},
    {{"khám bệnh"}, "kham benh,kham bao hiem,di kham,phong kham,ban kham,bac si"},
    {{"muỗi, dịch"}, "sot xuat huyet,phun thuoc,nhieu muoi,muoi qua,diet muoi,phun muoi,muoi dot,muoi va"},
    {{"an toàn thực phẩm"}, "ngo doc,non oi,dau bung,thuc pham,kiem dich,thit heo,oi thiu"},
    {{"khai thác cát, đất"}, "hut cat,khai thac cat,bom hut,dao ao,ban dat,muc dat"},
    {{"nổ mìn"}, "no min,mo da"},
    {{"hộ nghèo, cứu trợ"}, "ho ngheo,cuu doi,cuu tro,nhan gao,cap gao"},
    {{"sóng, mạng", false, true}, "mat song,song dien thoai,internet,song di dong"},
    {{"lối đi"}, "loi di,rao duong,rao loi,duong di chung"},
    {{"cho vay nặng lãi"}, "nang lai,cho vay,doi no,tin dung den"},
});
static_assert(kSubjects.size() <= SubjectSet{}.size());

/// Thanks, questions after an own petition, objections to an answer, withdrawals.
constexpr std::string_view kHandling =
    "ket qua tra loi,noi dung tra loi,van ban tra loi,phan anh cua toi,phan anh cua minh,phan anh da gui,"
    "ma tra cuu,ma phan anh,da xu ly xong,rut don,tinh trang xu ly,tra loi toi,tra loi phan anh,"
    "bao gio co ket qua,thoi han tra loi,long vong,bien ban hoa giai,ban sao bien ban,nguoi phan anh,"
    "dang o buoc nao,da tiep nhan,cam on phuong,cam on cong,cam on xa,cam on ubnd,cam on don,cam on dien,"
    "cam on cac,khi toi phan anh,khong dong y voi";

/// What was mended is broken again.
constexpr std::string_view kAgain =
    "moi thay,moi sua,moi va,moi don,lai chay,lai hu,lai tat,lai ngap,lai mat,lai vo,lai do,lai co,lai bi,"
    "lai xuat,lai chat,lai nga,lai lun,nua roi,thang truoc moi,lai chet";

/// Copied from elsewhere to be copied on.
constexpr std::string_view kChain =
    "chia se ngay,chia se cho,share cho,chuyen tiep cho,chuyen tiep de,chuyen tay nhau,gui cho ban be,gui het,"
    "copy gui,gui ngay cho,cho moi nguoi biet,moi nguoi canh giac,danh ba,tin chuan";

/// A case of one's own, as everybody at the same counter has one.
constexpr std::string_view kOwnCase =
    "gia dinh toi,con toi,me toi,bo toi,vo toi,chong toi,nha toi,cua toi,con em,con minh,toi nop,ho so,toi duoc,"
    "khach hang dang ky,em bi,minh bi,toi bi";

constexpr std::uint64_t kNoWords = 0xcbf29ce484222325ULL;

/// FNV-1a of words in a row: of the key of those before and one more.
std::uint64_t keyOf(std::string_view word, std::uint64_t before) {
    std::uint64_t key = before;
    for (const char c : word) key = (key ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return (key ^ 0x20U) * 0x100000001b3ULL;
}

/// The parts of a text between separators; they live as long as it does.
std::vector<std::string_view> split(std::string_view list, char separator) {
    std::vector<std::string_view> parts;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(separator), list.size());
        parts.push_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return parts;
}

std::uint64_t phraseKey(std::string_view phrase) {
    std::uint64_t key = kNoWords;
    for (const std::string_view word : split(phrase, ' ')) key = keyOf(word, key);
    return key;
}

constexpr std::size_t kLongestPhrase = 4;

/// Shows the key of each run of one to four words to `visit` until it returns false.
template <class Visit>
void eachPhrase(const Words& words, const Visit& visit) {
    for (std::size_t from = 0; from < words.size(); ++from) {
        std::uint64_t key = kNoWords;
        for (std::size_t i = from; i < words.size() && i < from + kLongestPhrase; ++i) {
            key = keyOf(words[i], key);
            if (!visit(key)) return;
        }
    }
}

using WordSet = std::unordered_set<std::string_view>;
WordSet setOf(std::string_view list) {
    const auto parts = split(list, ' ');
    return {parts.begin(), parts.end()};
}

using WordMap = std::unordered_map<std::string_view, std::string_view>;
WordMap mapOf(std::string_view list) {
    WordMap map;
    for (const std::string_view entry : split(list, ',')) {
        const std::size_t equals = entry.find('=');
        map.emplace(entry.substr(0, equals), entry.substr(equals + 1));
    }
    return map;
}

using PhraseSet = std::unordered_set<std::uint64_t>;
PhraseSet phrasesOf(std::string_view list) {
    PhraseSet keys;
    for (const std::string_view phrase : split(list, ',')) keys.insert(phraseKey(phrase));
    return keys;
}

bool holdsOneOf(const PhraseSet& phrases, const Words& words) {
    bool found = false;
    eachPhrase(words, [&](std::uint64_t key) {
        found = phrases.contains(key);
        return !found;
    });
    return found;
}

bool isNumber(std::string_view word) {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<int> digitOf(std::string_view word) {
    static constexpr std::string_view kDigits = "mot=1,hai=2,ba=3,bon=4,tu=4,nam=5,lam=5,sau=6,bay=7,tam=8,chin=9";
    static const WordMap digits = mapOf(kDigits);
    const auto found = digits.find(word);
    if (found == digits.end()) return {};
    return found->second.front() - '0';
}

struct Spoken {
    int value = 0;
    std::size_t words = 0;  ///< 0: no number.
};
/// A number in words that begins at `at`: up to three figures. Folded, "muoi" is also a mosquito and "ba" a woman, so
/// less than "hai muoi" counts only after a kind of place that has numbers.
Spoken spokenAt(const Words& words, std::size_t at, bool after_kind) {
    const auto word = [&](std::size_t i) { return i < words.size() ? std::string_view{words[i]} : std::string_view{}; };
    std::size_t i = at;
    int value = 0;
    const auto first = digitOf(word(i));
    const bool hundreds =
        first && word(i + 1) == "tram" &&
        (word(i + 2) == "le" || word(i + 2) == "linh" || (digitOf(word(i + 2)) && word(i + 3) == "muoi"));
    if (hundreds) {
        value = *first * 100;
        i += 2;
        if (word(i) == "le" || word(i) == "linh") {
            const auto unit = digitOf(word(i + 1));
            return unit ? Spoken{value + *unit, i + 2 - at} : Spoken{};
        }
    }
    if (const auto tens = digitOf(word(i)); tens && word(i + 1) == "muoi") {
        const auto unit = digitOf(word(i + 2));
        return {value + *tens * 10 + unit.value_or(0), i + (unit ? 3 : 2) - at};
    }
    if (!after_kind) return {};
    if (word(i) == "muoi") {
        const auto unit = digitOf(word(i + 1));
        return {10 + unit.value_or(0), unit ? 2U : 1U};
    }
    return first ? Spoken{*first, 1} : Spoken{};
}

void writeOut(std::string_view word, Words& words) {
    static const WordMap spellings = mapOf(kSpellings);
    const auto found = spellings.find(word);
    if (found == spellings.end())
        words.emplace_back(word);
    else
        for (const std::string_view part : split(found->second, ' ')) words.emplace_back(part);
}

/// "kp3" and "p5" are two words; all others end where they end.
std::size_t lettersBeforeFigures(std::string_view word) {
    const std::size_t figures = word.find_first_of("0123456789");
    const bool two = figures != std::string_view::npos && figures > 0 && figures <= 3 && isNumber(word.substr(figures));
    return two ? figures : word.size();
}

SubjectSet subjectsThatAre(bool Subject::*what) {
    SubjectSet set;
    for (std::size_t i = 0; i < kSubjects.size(); ++i) set[i] = kSubjects[i].subject.*what;
    return set;
}

}  // namespace

Words wordsOf(std::string_view text) {
    static const WordSet before_number = setOf(kNumberedInWords);
    const std::string folded = fold(text);
    Words spelled;
    for (const std::string_view word : split(folded, ' ')) {
        if (word.empty()) continue;
        const std::size_t letters = lettersBeforeFigures(word);
        writeOut(word.substr(0, letters), spelled);
        if (letters < word.size()) spelled.emplace_back(word.substr(letters));
    }
    Words words;
    words.reserve(spelled.size());
    for (std::size_t i = 0; i < spelled.size();) {
        if (i + 2 < spelled.size() && spelled[i] == "ki" && spelled[i + 1] == "lo" && spelled[i + 2] == "met") {
            words.emplace_back("km");
            i += 3;
            continue;
        }
        const bool after_kind = !words.empty() && before_number.contains(words.back());
        if (const Spoken number = spokenAt(spelled, i, after_kind); number.words > 0) {
            words.push_back(std::to_string(number.value));
            i += number.words;
        } else {
            words.push_back(std::move(spelled[i++]));
        }
    }
    return words;
}

bool isFiller(std::string_view word) {
    static const WordSet filler = setOf(kFiller);
    return filler.contains(word);
}

std::size_t placeKindAt(const Words& words, std::size_t at) {
    static const WordSet kinds = setOf(kPlaceKinds);
    static const PhraseSet of_two = phrasesOf(kPlaceKindsOfTwo);
    if (at + 1 < words.size() && of_two.contains(keyOf(words[at + 1], keyOf(words[at], kNoWords)))) return 2;
    return kinds.contains(words[at]) ? 1 : 0;
}

std::string_view numberedKind(std::string_view word) {
    static const WordMap kinds = mapOf(kNumbered);
    const auto found = kinds.find(word);
    return found == kinds.end() ? std::string_view{} : found->second;
}

std::string_view facilityAt(const Words& words, std::size_t at) {
    static const WordMap facilities = mapOf(kFacilities);
    if (at + 1 < words.size())
        if (const auto found = facilities.find(words[at] + ' ' + words[at + 1]); found != facilities.end())
            return found->second;
    const auto found = facilities.find(words[at]);
    return found == facilities.end() ? std::string_view{} : found->second;
}

const SubjectSet& personalSubjects() {
    static const SubjectSet personal = subjectsThatAre(&Subject::personal);
    return personal;
}

const SubjectSet& wideSubjects() {
    static const SubjectSet wide = subjectsThatAre(&Subject::wide);
    return wide;
}

SubjectSet subjectsIn(const Words& words) {
    static const std::unordered_map<std::uint64_t, SubjectSet> index = [] {
        std::unordered_map<std::uint64_t, SubjectSet> made;
        for (std::size_t i = 0; i < kSubjects.size(); ++i)
            for (const std::string_view phrase : split(kSubjects[i].phrases, ',')) made[phraseKey(phrase)].set(i);
        return made;
    }();
    SubjectSet set;
    eachPhrase(words, [&](std::uint64_t key) {
        if (const auto found = index.find(key); found != index.end()) set |= found->second;
        return true;
    });
    return set;
}

std::string subjectNames(const SubjectSet& set) {
    std::string names;
    for (std::size_t i = 0; i < kSubjects.size(); ++i)
        if (set[i]) names.append(names.empty() ? "" : ", ").append(kSubjects[i].subject.name);
    return names;
}

bool isAboutHandling(const Words& words) {
    static const PhraseSet phrases = phrasesOf(kHandling);
    return holdsOneOf(phrases, words);
}

bool isChainMessage(const Words& words) {
    static const PhraseSet phrases = phrasesOf(kChain);
    return holdsOneOf(phrases, words);
}

bool isOwnCase(const Words& words) {
    static const PhraseSet phrases = phrasesOf(kOwnCase);
    return holdsOneOf(phrases, words);
}

bool saysAgain(const Words& words) {
    static const PhraseSet phrases = phrasesOf(kAgain);
    return holdsOneOf(phrases, words);
}

}  // namespace pakn::domain::words
