// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/british_spellings.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace bitprism::tokenize {

namespace {

/// Words that differ in the same way: every stem takes every ending behind the two spellings of
/// what lies between.
struct WordGroup
{
    std::string_view stems; ///< separated by spaces
    std::string_view british;
    std::string_view american;
    std::string_view endings; ///< separated by spaces; "-" is none
};

constexpr WordGroup groups[] = {
    {"col fav hon lab behavi neighb hum rum harb flav vap od arm cand clam endeav ferv parl ranc "
     "rig savi sav splend tum val vig arb demean enam misdemean succ mispl",
     "our", "or", "- s ed ing"},
    {"col fav hon flav neighb lab behavi hum arm", "our", "or",
     "able ably er ers ful fully less al ally ly ite ites itism ist hood hoods y ist ists"},
    {"discol dishon disfav", "our", "or", "- s ed ing able ably"},
    {"multic waterc tric unic", "olour", "olor", "- s ed"},
    {"organ real recogn apolog author capital categor central character civil colon commercial "
     "computer critic crystall custom demoral democrat digit disorgan econom emphas energ "
     "equal familiar fantas fertil final formal fossil fraternal galvan general global harmon "
     "hospital human hypnot ideal immobil immun industrial initial institutional internal "
     "international item jeopard legal legitim liberal local magnet marginal material maxim "
     "mechan memor mesmer minim mobil modern monopol moral national natural neutral normal "
     "optim ostrac oxid patron penal personal plagiar polar popular prior privat public "
     "pulver random rational regular reorgan revital revolution romantic scrutin secular "
     "sensit serial social special spiritual stabil standard steril stigmat subsid summar "
     "symbol sympath synchron synthes system tantal terror theor traumat trivial tyrann union "
     "urban util vandal vapor verbal victim visual vital vocal western weapon homogen "
     "hybrid ion lion improv bapt aggrand anthropomorph cauter euthan fet finical "
     "individual moistur militar pressur proselyt rhapsod satir solemn temp vulgar woman",
     "is", "iz", "e es ed ing er ers ation ations"},
    {"anal paral catal electrol dial hydrol", "ys", "yz", "e es ed ing er ers"},
    {"cent lit theat fib calib sab somb spect lust meag met kilomet centimet millimet nanomet "
     "amphitheat sepulch goit louv mit ochr reconnoit",
     "re", "er", "- s"},
    {"cent", "red", "ered", "-"},
    {"cent", "ring", "ering", "-"},
    {"defen offen licen preten", "ce", "se", "- s"},
    {"defen", "celess", "seless", "-"},
    {"practi", "se", "ce", "- s"},
    {"practi", "sed", "ced", "-"},
    {"practi", "sing", "cing", "-"},
    {"travel cancel label level model signal fuel duel counsel channel tunnel quarrel marvel "
     "jewel rival equal initial total dial pedal pencil shovel shrivel snivel swivel unravel "
     "grovel gravel libel marshal medal panel parcel refuel revel tassel yodel barrel chisel "
     "enamel funnel kennel bevel cudgel dishevel drivel spiral stencil symbol towel trammel "
     "weasel carol bejewel apparel embowel empanel hovel laurel nickel pummel sequel victual "
     "remodel relabel backpedal",
     "l", "", "ed ing er ers"},
    {"marvel", "l", "", "ous ously"},
    {"counsel", "l", "", "or ors"},
    {"cancel", "l", "", "ation"},
    {"medal panel duel", "l", "", "ist ists"},
    {"wool", "l", "", "en ens"},
    {"fulfi enro disti insti appa enthra", "l", "ll", "- s"},
    {"fulfil enrol instal", "", "l", "ment ments"},
    {"skil wil", "ful", "lful", "- ly"},
    {"an leuk tox septic hypoglyc", "aemi", "emi", "a c"},
    {"h", "aemo", "emo", "globin philia philiac rrhage rrhages rrhaged rrhaging rrhoid rrhoids"},
    {"an", "aesthe", "esthe", "sia tic tics tist tists tise tised"},
    {"p", "aed", "ed", "iatric iatrics iatrician iatricians ophile ophiles ophilia"},
    {"orthop", "aed", "ed", "ic ics"},
    {"gyn", "aecolog", "ecolog", "y ist ists ical"},
    {"encyclop", "aedi", "edi", "a as c"},
    {"medi", "aeval", "eval", "-"},
    {"prim", "aeval", "eval", "-"},
    {"f", "oet", "et", "us uses al"},
    {"", "oestr", "estr", "ogen us"},
    {"", "oesophag", "esophag", "us eal"},
    {"diarrh", "oea", "ea", "-"},
    {"man", "oeuvr", "euver", "e"},
    {"catalog analog dialog", "ue", "", "- s"},
    {"catalog", "ued", "ed", "-"},
    {"catalog", "uing", "ing", "-"},
    {"gr", "ey", "ay", "- s er est ish ing ed ness"},
    {"plo", "ugh", "w", "- s ed ing man men"},
    {"program", "me", "", "- s"},
    {"che", "que", "ck", "- s"},
    {"m", "ould", "old", "- s ed ing y er"},
    {"sm", "ould", "old", "er ers ered ering"},
    {"m", "oult", "olt", "- s ed ing"},
    {"m", "oustach", "ustach", "e es ed"},
    {"dr", "aught", "aft", "- s y sman smen iest"},
    {"s", "ceptic", "keptic", "- s al ally ism"},
    {"sul", "ph", "f", "ur uric ate ates ide ides urous"},
    {"ag", "e", "", "ing"},
    {"jud acknowled abrid lod", "gement", "gment", "- s"},
    {"lik siz lov sal unshak mov", "eable", "able", "-"},
    {"y", "oghurt", "ogurt", "- s"},
    {"k", "erb", "urb", "- s"},
    {"co", "si", "zi", "er est ly ness"},
    {"be", "hove", "hoove", "- s d"},
};

struct WordPair
{
    std::string_view british;
    std::string_view american;
};

/// Words that go with no others.
constexpr WordPair pairs[] = {
    {"tyre", "tire"},
    {"tyres", "tires"},
    {"jewellery", "jewelry"},
    {"pyjamas", "pajamas"},
    {"pyjama", "pajama"},
    {"storey", "story"},
    {"storeys", "stories"},
    {"aluminium", "aluminum"},
    {"artefact", "artifact"},
    {"artefacts", "artifacts"},
    {"aeroplane", "airplane"},
    {"aeroplanes", "airplanes"},
    {"axe", "ax"},
    {"cosy", "cozy"},
    {"doughnut", "donut"},
    {"doughnuts", "donuts"},
    {"gaol", "jail"},
    {"gaols", "jails"},
    {"furore", "furor"},
    {"pedlar", "peddler"},
    {"pedlars", "peddlers"},
    {"phoney", "phony"},
    {"omelette", "omelet"},
    {"omelettes", "omelets"},
    {"speciality", "specialty"},
    {"specialities", "specialties"},
    {"whisky", "whiskey"},
    {"manoeuvred", "maneuvered"},
    {"manoeuvres", "maneuvers"},
    {"manoeuvring", "maneuvering"},
    {"manoeuvrable", "maneuverable"},
    {"chequered", "checkered"},
    {"annexe", "annex"},
    {"grammes", "grams"},
    {"gramme", "gram"},
    {"kilogramme", "kilogram"},
    {"kilogrammes", "kilograms"},
    {"callipers", "calipers"},
    {"dyke", "dike"},
    {"dykes", "dikes"},
    {"faeces", "feces"},
    {"gelatine", "gelatin"},
    {"glycerine", "glycerin"},
    {"liquorice", "licorice"},
    {"maths", "math"},
    {"mollusc", "mollusk"},
    {"molluscs", "mollusks"},
    {"orientated", "oriented"},
    {"disorientated", "disoriented"},
    {"racoon", "raccoon"},
    {"sceptre", "scepter"},
    {"titbit", "tidbit"},
    {"titbits", "tidbits"},
    {"waggon", "wagon"},
    {"waggons", "wagons"},
    {"chilli", "chili"},
    {"chillies", "chilies"},
    {"armoury", "armory"},
    {"armouries", "armories"},
};

std::vector<std::string_view> wordsIn(std::string_view list)
{
    std::vector<std::string_view> words;
    for (std::size_t first = 0; first <= list.size();) {
        const std::size_t end = std::min(list.find(' ', first), list.size());
        words.push_back(list.substr(first, end - first));
        first = end + 1;
    }
    return words;
}

std::map<std::string, std::string> allSpellings()
{
    std::map<std::string, std::string> map;
    for (const WordGroup &group : groups) {
        for (const std::string_view stem : wordsIn(group.stems)) {
            for (const std::string_view ending : wordsIn(group.endings)) {
                const std::string end(ending == "-" ? std::string_view() : ending);
                map[std::string(stem) + std::string(group.british) + end]
                    = std::string(stem) + std::string(group.american) + end;
            }
        }
    }
    for (const WordPair &pair : pairs) {
        map[std::string(pair.british)] = pair.american;
    }
    return map;
}

} // namespace

const std::map<std::string, std::string> &britishSpellings()
{
    static const std::map<std::string, std::string> map = allSpellings();
    return map;
}

} // namespace bitprism::tokenize
