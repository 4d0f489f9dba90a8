// Made by scripts/make-source-profiles from the recordings named beside each entry: statistics only, no
// sound. Do not edit; change scripts/source-profiles.manifest and run it again.
#pragma once

#include <array>

#include "analyze/measure/source_profiles.h"

namespace aapp::measure {

inline constexpr std::array<Fingerprint, kKindAxes> kKindDirections{
    {{-0.06629, -0.01985, -0.00771, 0.07715,  -0.02577, -0.03159, -0.00110, 0.00559,  -0.02991, 0.04136,
      0.00226,  0.03020,  -0.04815, 0.06579,  -0.00056, 0.00541,  0.00520,  -0.03852, -0.04736, 0.00863,
      -0.01236, 0.01615,  0.00570,  -0.01208, 0.15559,  -0.11535, 0.01495,  0.02167,  0.06987},
     {0.00453, -0.00556, -0.01179, -0.03232, 0.01631,  0.02087,  -0.02655, 0.00081,  0.01734, 0.02476,
      0.12951, 0.10580,  -0.00016, -0.05541, -0.09152, -0.05844, 0.00016,  0.02114,  0.10638, 0.04271,
      0.02520, 0.00261,  0.02303,  0.04917,  -0.06238, -0.06404, -0.04747, -0.00335, -0.06395},
     {0.02029,  -0.00862, 0.01891,  0.10660,  0.06233, -0.03344, -0.06453, -0.01301, 0.03135, -0.09518,
      -0.01047, -0.09476, -0.02293, 0.02385,  0.00639, 0.03279,  0.01267,  -0.00076, 0.01597, 0.04416,
      0.04498,  0.02624,  0.03324,  -0.01279, 0.12808, 0.10709,  0.16929,  -0.09458, -0.08956},
     {0.00557,  0.01215, 0.05012, 0.02532,  0.00984,  0.01480, 0.01485,  -0.00884, -0.07009, -0.06908,
      0.02206,  0.01905, 0.05376, -0.06360, -0.02755, 0.03692, -0.01758, -0.00447, -0.02377, -0.02671,
      -0.02452, 0.07112, 0.05417, -0.07502, 0.12856,  0.04920, 0.05906,  0.04375,  0.01435}}};

inline constexpr std::array kMeasuredProfiles{
    // corpus:speech_female_44k.flac (see corpus)
    // corpus:speech_female_48k.flac (see corpus)
    // corpus:speech_female_reading_16k.flac (see corpus)
    // corpus:speech_male_44k.flac (see corpus)
    // corpus:speech_male_48k.flac (see corpus)
    // corpus:speech_male_deep_reading_16k.flac (see corpus)
    // corpus:speech_male_reading_16k.flac (see corpus)
    // corpus:speech_words_home_mic_44k.flac (see corpus)
    // corpus:speech_words_opus_48k.flac (see corpus)
    // usr/share/sounds/alsa/[FRS]*.wav (GPL-2+ [alsa-utils], joined)
    // usr/share/asterisk/sounds/en_US_f_Allison/vm-*.wav (CC BY-SA 3.0 [asterisk-core-sounds-en-wav], joined)
    // usr/share/asterisk/sounds/en_US_f_Allison/conf-*.wav (CC BY-SA 3.0 [asterisk-core-sounds-en-wav],
    // joined)
    // usr/share/pocketsphinx/test/data/librivox/*.wav (public domain [pocketsphinx-testdata])
    // usr/share/ktuberling/sounds/ca/* (GPL-2+ [ktuberling-data], joined)
    // usr/share/ktuberling/sounds/da/* (GPL-2+ [ktuberling-data], joined)
    // usr/share/ktuberling/sounds/de/* (GPL-2+ [ktuberling-data], joined)
    // usr/share/ktuberling/sounds/el/* (GPL-2+ [ktuberling-data], joined)
    // usr/share/ktuberling/sounds/en/* (GPL-2+ [ktuberling-data], joined)
    // usr/share/ktuberling/sounds/es/* (GPL-2+ [ktuberling-data], joined)
    // usr/share/ktuberling/sounds/it/* (GPL-2+ [ktuberling-data], joined)
    // usr/share/ktuberling/sounds/lt/* (GPL-2+ [ktuberling-data], joined)
    // usr/share/ktuberling/sounds/nl/* (GPL-2+ [ktuberling-data], joined)
    // usr/share/ktuberling/sounds/pt/* (GPL-2+ [ktuberling-data], joined)
    // usr/share/ktuberling/sounds/ro/* (GPL-2+ [ktuberling-data], joined)
    // usr/share/ktuberling/sounds/ru/* (GPL-2+ [ktuberling-data], joined)
    // usr/share/ktuberling/sounds/sl/* (GPL-2+ [ktuberling-data], joined)
    // usr/share/ktuberling/sounds/uk/* (GPL-2+ [ktuberling-data], joined)
    // usr/share/ktuberling/sounds/wa/* (GPL-2+ [ktuberling-data], joined)
    SourceProfile{
        .name = "speech",
        .description = "spoken voice, close and distant microphones",
        .recordings = 32,
        .third_octaves_db = {-31.92, -31.42, -32.51, -31.57, -30.56, -31.39, -29.67, -17.56, -12.07, -9.97,
                             -10.36, -9.59,  -7.71,  -7.85,  -9.82,  -11.71, -15.15, -17.05, -17.73, -20.81,
                             -21.74, -21.87, -20.79, -24.71, -25.14, -26.82, -29.18, -36.53, -43.22, -58.62},
        .third_octaves_spread_db = {9.93, 7.42, 5.70, 6.64, 9.76, 13.47, 14.06, 11.70, 6.91, 4.03,
                                    4.11, 3.63, 2.82, 2.96, 2.01, 4.00,  3.34,  2.95,  3.39, 4.03,
                                    4.67, 4.44, 6.25, 5.33, 6.76, 11.07, 10.37, 10.35, 9.49, 0.00},
        .levels_db = {{{-31.74, -27.38, -24.11, -21.17, -18.46, -15.71, -13.15, -10.84, -8.79, -6.89,
                        -5.07,  -3.52,  -2.22,  -0.97,  0.21,   1.37,   2.65,   4.09,   5.66,  7.71},
                       {-30.71, -25.92, -22.46, -19.31, -16.34, -13.61, -11.21, -9.19, -7.33, -5.61,
                        -4.16,  -2.92,  -1.73,  -0.70,  0.36,   1.47,   2.71,   4.00,  5.40,  7.38},
                       {-17.68, -12.28, -9.66, -7.63, -6.18, -4.89, -3.91, -2.89, -2.20, -1.67,
                        -1.12,  -0.47,  0.05,  0.58,  1.15,  1.73,  2.36,  3.02,  3.72,  4.79}}},
        .modulation = {0.2470, 0.4604, 0.4989, 0.4897, 0.3223, 0.1872, 0.1202},
        .slopes = {.rising = {0.01014, 0.01378, 0.01897, 0.02523, 0.03021, 0.03849, 0.04446,
                              0.04498, 0.04626, 0.03927, 0.03378, 0.02706, 0.02025, 0.01410,
                              0.00797, 0.00304, 0.00058, 0.00004, 0.00000, 0.00000},
                   .falling = {0.01132, 0.01653, 0.02072, 0.02706, 0.03864, 0.04856, 0.05815,
                               0.06532, 0.06654, 0.05998, 0.04899, 0.03676, 0.02150, 0.00888,
                               0.00189, 0.00008, 0.00000, 0.00000, 0.00000, 0.00000},
                   .steady = 0.0504},
        .crest_db = 17.98,
        .range_lu = 3.36,
        .loudness_lufs = -20.13,
        .rms_db = -20.88,
        .centre = {1.0062, -3.5248, 4.6655, 3.8793}},
    // corpus:vocal_female_singing_44k.flac (see corpus)
    // corpus:vocal_male_carnatic_44k.flac (see corpus)
    // usr/share/sonic-pi/samples/ambi_choir.flac (CC0 [sonic-pi-samples])
    SourceProfile{
        .name = "vocal",
        .description = "singing without accompaniment",
        .recordings = 3,
        .third_octaves_db = {-52.86, -53.82, -56.09, -55.65, -55.53, -56.75, -55.53, -52.89, -51.93, -51.88,
                             -22.60, -22.80, -9.70,  -8.13,  -1.82,  -14.58, -21.10, -16.34, -32.52, -31.55,
                             -31.78, -26.93, -32.77, -36.37, -40.54, -38.54, -35.42, -36.24, -44.77, -44.77},
        .third_octaves_spread_db = {2.69,  2.77, 3.53,  4.18, 3.19,  2.55,  3.74, 8.27, 9.70, 6.58,
                                    12.30, 6.38, 16.40, 0.20, 1.94,  0.74,  9.41, 8.17, 2.46, 21.03,
                                    15.00, 8.20, 2.17,  6.81, 14.73, 17.36, 7.14, 8.24, 2.73, 2.73},
        .levels_db = {{{-25.12, -13.50, -11.15, -9.79, -8.08, -7.25, -6.27, -4.62, -4.02, -2.94,
                        -2.23,  -1.69,  -0.94,  -0.02, 0.88,  1.91,  2.57,  3.40,  4.54,  6.01},
                       {-23.30, -12.13, -10.99, -9.39, -7.83, -6.89, -5.89, -4.36, -3.55, -2.68,
                        -2.00,  -1.61,  -1.32,  0.20,  0.96,  1.95,  2.55,  3.26,  4.60,  6.00},
                       {-7.61, -6.20, -5.05, -4.52, -3.66, -2.86, -2.08, -1.33, -0.67, -0.02,
                        0.41,  0.62,  0.89,  1.14,  1.40,  1.67,  2.06,  2.37,  3.15,  4.05}}},
        .modulation = {0.1617, 0.2824, 0.1627, 0.0968, 0.1055, 0.0473, 0.0435},
        .slopes = {.rising = {0.02609, 0.03781, 0.04686, 0.06045, 0.07414, 0.05026, 0.04250,
                              0.04456, 0.03088, 0.00685, 0.00085, 0.00302, 0.00165, 0.00137,
                              0.00165, 0.00000, 0.00000, 0.00000, 0.00000, 0.00000},
                   .falling = {0.02390, 0.02899, 0.04511, 0.04288, 0.05505, 0.05827, 0.06221,
                               0.06017, 0.03080, 0.01634, 0.00626, 0.00220, 0.00085, 0.00000,
                               0.00000, 0.00000, 0.00000, 0.00000, 0.00000, 0.00000},
                   .steady = 0.1380},
        .crest_db = 13.24,
        .range_lu = 0.48,
        .loudness_lufs = -16.40,
        .rms_db = -17.76,
        .centre = {4.9820, -0.0299, 4.3141, 2.0983}},
    // corpus:drums_rock_groove_44k.flac (see corpus)
    // corpus:drums_stem_44k.flac (see corpus)
    // corpus:perc_bendir_44k.flac (see corpus)
    // corpus:perc_mridangam_48k.flac (see corpus)
    // corpus:perc_tabla_44k.flac (see corpus)
    // usr/share/sonic-pi/samples/loop_amen_full.flac (CC0 [sonic-pi-samples])
    // usr/share/sonic-pi/samples/loop_breakbeat.flac (CC0 [sonic-pi-samples])
    // usr/share/sonic-pi/samples/loop_perc[12].flac (CC0 [sonic-pi-samples])
    // usr/share/sonic-pi/samples/loop_mika.flac (CC0 [sonic-pi-samples])
    // usr/share/sonic-pi/samples/loop_industrial.flac (CC0 [sonic-pi-samples])
    // usr/share/sonic-pi/samples/drum_[bst]*.flac (CC0 [sonic-pi-samples], joined)
    // usr/share/sonic-pi/samples/tabla_*.flac (CC0 [sonic-pi-samples], joined)
    // usr/share/hydrogen/data/drumkits/GMRockKit/* (GPL-2+ [hydrogen-data], joined)
    SourceProfile{
        .name = "beatbox",
        .description = "beatboxing, hand drums, drum kits",
        .recordings = 14,
        .third_octaves_db = {-33.76, -31.28, -29.79, -20.88, -15.17, -11.50, -6.30,  -7.46,  -10.23, -11.72,
                             -14.64, -14.66, -17.70, -16.34, -16.50, -16.01, -19.03, -16.71, -17.69, -16.70,
                             -16.62, -18.10, -18.27, -18.76, -20.59, -23.41, -24.91, -29.10, -31.40, -49.98},
        .third_octaves_spread_db = {8.45, 10.85, 5.03, 14.49, 11.71, 4.36,  6.17,  6.83,  3.91,  10.27,
                                    7.48, 8.19,  6.53, 5.10,  9.18,  5.50,  4.76,  5.59,  4.85,  7.41,
                                    5.76, 8.40,  9.69, 8.68,  10.95, 11.66, 14.34, 18.60, 17.23, 0.00},
        .levels_db = {{{-26.54, -23.43, -21.39, -18.95, -16.91, -14.94, -13.46, -12.22, -11.01, -9.85,
                        -8.72,  -7.41,  -6.08,  -4.60,  -3.04,  -1.40,  0.42,   2.57,   5.14,   8.61},
                       {-26.02, -22.91, -20.63, -18.55, -16.38, -14.54, -12.90, -11.56, -10.35, -9.15,
                        -7.99,  -6.83,  -5.42,  -3.92,  -2.51,  -0.95,  1.07,   2.73,   4.94,   8.50},
                       {-18.53, -15.35, -12.72, -10.74, -9.62, -8.55, -7.40, -6.41, -5.39, -4.39,
                        -3.53,  -2.70,  -1.40,  -0.33,  0.30,  1.02,  2.08,  3.34,  4.38,  5.10}}},
        .modulation = {0.3539, 0.3569, 0.3898, 0.3570, 0.3206, 0.2501, 0.2147},
        .slopes = {.rising = {0.01156, 0.01441, 0.01671, 0.02003, 0.02246, 0.02884, 0.03506,
                              0.03249, 0.03344, 0.02773, 0.01931, 0.01183, 0.00868, 0.00643,
                              0.00517, 0.00329, 0.00230, 0.00145, 0.00000, 0.00000},
                   .falling = {0.01901, 0.02356, 0.03454, 0.04685, 0.05452, 0.05938, 0.06923,
                               0.08220, 0.08682, 0.06407, 0.03637, 0.01637, 0.00905, 0.00312,
                               0.00019, 0.00000, 0.00000, 0.00000, 0.00000, 0.00000},
                   .steady = 0.0935},
        .crest_db = 18.40,
        .range_lu = 5.52,
        .loudness_lufs = -17.66,
        .rms_db = -19.69,
        .centre = {-1.6861, -1.5611, 2.9440, 1.5502}},
    // corpus:bass_guitar_di_stem_44k.flac (see corpus)
    // corpus:guitar_acoustic_strums_96k_24bit.flac (see corpus)
    // corpus:guitar_clean_chord_44k.flac (see corpus)
    // corpus:guitar_lead_stem_44k.flac (see corpus)
    // corpus:guitar_metal_stem_44k.flac (see corpus)
    // corpus:horns_stem_float_overs_44k.wav (see corpus)
    // corpus:sax_phrase_44k.flac (see corpus)
    // usr/share/sonic-pi/samples/ambi_piano.flac (CC0 [sonic-pi-samples])
    // usr/share/sonic-pi/samples/guit_*.flac (CC0 [sonic-pi-samples])
    // usr/share/sonic-pi/samples/bass_[thw]*.flac (CC0 [sonic-pi-samples], joined)
    // usr/share/games/fretsonfire/data/songs/sectoid/*/guitar.ogg (MIT [fretsonfire-songs-sectoid])
    // usr/share/games/fretsonfire/data/songs/muldjord/*/guitar.ogg (MIT [fretsonfire-songs-muldjord])
    SourceProfile{
        .name = "instrument",
        .description = "a single instrument",
        .recordings = 21,
        .third_octaves_db = {-50.65, -48.65, -45.28, -36.99, -28.26, -20.15, -14.65, -13.09, -10.01, -10.68,
                             -8.80,  -11.79, -12.43, -16.93, -13.79, -15.96, -15.95, -14.45, -14.26, -11.35,
                             -9.92,  -12.02, -15.16, -21.00, -27.09, -35.76, -42.80, -47.18, -53.32, -48.23},
        .third_octaves_spread_db = {9.17, 10.98, 7.97,  15.27, 16.60, 17.52, 9.43,  9.83, 3.51, 9.15,
                                    4.63, 5.73,  3.85,  5.40,  9.36,  6.43,  9.31,  4.72, 5.71, 5.83,
                                    7.79, 6.84,  10.04, 13.99, 12.94, 11.83, 14.96, 9.10, 5.22, 0.00},
        .levels_db = {{{-20.12, -15.98, -13.69, -11.85, -10.59, -8.89, -6.80, -5.05, -3.95, -2.89,
                        -2.20,  -1.50,  -0.61,  0.34,   0.95,   1.53,  2.17,  2.95,  4.05,  5.61},
                       {-19.78, -15.72, -13.48, -11.51, -10.32, -8.30, -6.26, -4.82, -3.47, -2.56,
                        -1.86,  -1.22,  -0.37,  0.49,   1.02,   1.57,  2.22,  2.99,  3.93,  5.14},
                       {-15.30, -11.96, -10.32, -8.91, -7.58, -6.01, -4.59, -3.28, -2.55, -1.83,
                        -1.25,  -0.64,  0.02,   0.52,  1.01,  1.49,  2.09,  2.71,  3.37,  4.24}}},
        .modulation = {0.1340, 0.1154, 0.1057, 0.1049, 0.0868, 0.0728, 0.0829},
        .slopes = {.rising = {0.02132, 0.02628, 0.03779, 0.04487, 0.04978, 0.05488, 0.05123,
                              0.04558, 0.03109, 0.01429, 0.00803, 0.00431, 0.00259, 0.00179,
                              0.00123, 0.00166, 0.00024, 0.00000, 0.00000, 0.00000},
                   .falling = {0.02721, 0.03276, 0.04313, 0.05429, 0.06228, 0.06536, 0.06063,
                               0.05085, 0.04150, 0.02352, 0.01203, 0.00618, 0.00267, 0.00051,
                               0.00012, 0.00002, 0.00000, 0.00000, 0.00000, 0.00000},
                   .steady = 0.1200},
        .crest_db = 16.15,
        .range_lu = 5.76,
        .loudness_lufs = -15.06,
        .rms_db = -18.51,
        .centre = {0.7726, 0.8349, 2.5090, 4.2110}},
    // corpus:mix_cinematic_ambient_48k_24bit.flac (see corpus)
    // corpus:mix_electronic_48k.flac (see corpus)
    // corpus:mix_folk_song_with_vocals_44k.flac (see corpus)
    // corpus:mix_jazz_44k.flac (see corpus)
    // corpus:mix_rock_ballad_44k.flac (see corpus)
    // corpus:mix_string_orchestra_44k.flac (see corpus)
    // usr/share/games/singularity/music/*.ogg (CC BY-SA 3.0 [singularity-music])
    // usr/share/games/warzone2100/music/albums/[ao]*/*.opus (CC BY-SA 3.0 or GPL-2+ [warzone2100-music])
    // usr/share/games/fretsonfire/data/songs/sectoid/*/song.ogg (MIT [fretsonfire-songs-sectoid])
    SourceProfile{
        .name = "mix",
        .description = "a finished mix",
        .recordings = 39,
        .third_octaves_db = {-18.34, -14.68, -12.90, -11.18, -9.50,  -9.76,  -10.71, -11.06, -11.36, -11.84,
                             -12.73, -13.23, -14.20, -15.33, -15.49, -16.34, -17.17, -17.65, -19.18, -19.72,
                             -21.12, -22.85, -24.19, -25.88, -26.56, -27.41, -30.16, -32.21, -33.90, -55.57},
        .third_octaves_spread_db = {8.01, 4.28, 3.73, 3.12, 2.53, 1.25, 2.45, 2.31, 2.22, 2.28,
                                    3.11, 3.02, 2.88, 2.24, 3.32, 3.28, 3.36, 3.90, 2.94, 3.95,
                                    5.65, 6.18, 7.15, 5.32, 5.28, 6.56, 6.19, 6.47, 6.53, 5.22},
        .levels_db = {{{-13.34, -8.79, -7.07, -5.91, -4.99, -4.25, -3.60, -3.00, -2.45, -1.92,
                        -1.39,  -0.87, -0.35, 0.19,  0.76,  1.37,  2.06,  2.85,  3.88,  5.63},
                       {-12.57, -7.91, -6.29, -5.17, -4.33, -3.62, -2.99, -2.44, -1.93, -1.45,
                        -0.97,  -0.50, -0.03, 0.44,  0.94,  1.49,  2.07,  2.73,  3.59,  4.90},
                       {-10.71, -6.56, -5.00, -3.96, -2.97, -2.32, -1.82, -1.37, -0.96, -0.60,
                        -0.25,  0.10,  0.44,  0.75,  1.08,  1.43,  1.81,  2.25,  2.79,  3.69}}},
        .modulation = {0.1079, 0.1075, 0.1279, 0.1428, 0.1363, 0.1276, 0.1510},
        .slopes = {.rising = {0.01067, 0.01492, 0.02046, 0.02768, 0.03691, 0.04663, 0.05593,
                              0.06124, 0.05904, 0.04875, 0.03389, 0.01780, 0.00705, 0.00226,
                              0.00068, 0.00030, 0.00005, 0.00000, 0.00000, 0.00000},
                   .falling = {0.01120, 0.01573, 0.02233, 0.03081, 0.04219, 0.05543, 0.06837,
                               0.07628, 0.07296, 0.05581, 0.03311, 0.01397, 0.00379, 0.00041,
                               0.00001, 0.00000, 0.00000, 0.00000, 0.00000, 0.00000},
                   .steady = 0.0533},
        .crest_db = 15.65,
        .range_lu = 5.83,
        .loudness_lufs = -15.33,
        .rms_db = -15.75,
        .centre = {-1.6256, 1.0946, 5.7035, 2.9796}},
};

}  // namespace aapp::measure
