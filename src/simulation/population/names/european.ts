import { nameCulture } from './culture.ts';

/** Common parts of names; a whole name that is somebody's is chance. */
export const english = nameCulture([
  [
    'Hannah Megan Kyle Brandon Claire Dylan Paige Travis Jenna Marcus Leah Trevor Holly Spencer Naomi Wesley Bridget Colin Tessa Garrett Monica Shane Abigail Derek',
    'Porter Hayes Whitfield Marsh Dalton Pruitt Langley Barlow Hensley Ashby Kendrick Mercer Ridley Sutton Thorne Winslow Birch Calloway Draper Ellery Fenwick Holloway',
  ],
]);

export const french = nameCulture([
  [
    'Manon Théo Camille Hugo Inès Bastien Élodie Maxime Chloé Quentin Océane Florian Anaïs Rémi Solène Yanis Noémie Loïc Aurélie Corentin',
    'Lefèvre Garnier Chevalier Perrin Marchand Gauthier Barbier Renaud Collet Aubert Carpentier Meunier Vasseur Besson Guillot Leclercq Maillard Pichon',
  ],
]);

export const german = nameCulture([
  [
    'Lena Jonas Leonie Anneke Tobias Svenja Niklas Franziska Moritz Katharina Florian Jule Hendrik Miriam Lukas Greta Matthias Sabrina Jannik Jürgen',
    'Brandt Krüger Vogt Hartwig Böhm Keller Lorenz Möller Nowotny Pohl Reinhardt Seidel Thiele Ulrich Voss Wiegand Zeller Schäfer',
  ],
]);

export const dutch = nameCulture([
  [
    'Sanne Daan Femke Bram Lotte Sven Anouk Ruben Fleur Thijs Iris Koen Maud Jelle Roos Niels',
    'de_Vries Bakker Visser Smit Meijer Mulder Bos Vos Hendriks Dekker Kuipers Willems Schouten Postma Hoekstra',
  ],
]);

export const italian = nameCulture([
  [
    'Giulia Lorenzo Chiara Matteo Martina Davide Alessia Simone Elisa Riccardo Ilaria Stefano Serena Nicolò Arianna Emanuele',
    'Ferri Marchetti Rinaldi Caruso Fontana Santoro Lombardi Barbieri Testa Sala Grasso Pellegrini Basile De_Santis Morelli',
  ],
]);

export const spanish = nameCulture([
  [
    'Lucía Mateo Valentina Sebastián Camila Joaquín Renata Emiliano Ximena Tomás Paloma Ignacio Rocío Damián Noelia Gonzalo Itzel Fabián Maribel Rubén',
    'Quintero Salazar Cárdenas Villanueva Peralta Montoya Escobedo Ibáñez Zamora Arriaga Beltrán Cisneros Duarte Figueroa Galindo Huerta Lozano Mejía Núñez Ocampo',
  ],
]);

export const portuguese = nameCulture([
  [
    'Larissa Thiago Bruna Rafael Camila Caio Letícia Beatriz Murilo Tainá Otávio Jéssica Renan Raíssa Breno Débora Wesley Yasmin Davi Luana',
    'Carvalho Azevedo Teixeira Moreira Nogueira Pacheco Rezende Siqueira Tavares Vasconcelos Barbosa Cardoso Esteves Fontes Guimarães Lacerda Macedo Peixoto Brandão',
  ],
]);

export const polish = nameCulture([
  [
    'Kacper Szymon Bartosz Wojciech Paweł Łukasz Grzegorz Marcin Dawid Kamil',
    'Kowalski Wiśniewski Zieliński Dąbrowski Kamiński Pawlak Sikora Jaworski Malinowski Wójcik',
  ],
  [
    'Zuzanna Oliwia Agnieszka Małgorzata Kinga Patrycja Weronika Karolina Aleksandra Magdalena',
    'Kowalska Wiśniewska Zielińska Dąbrowska Kamińska Pawlak Sikora Jaworska Malinowska Wójcik',
  ],
]);

export const turkish = nameCulture([
  [
    'Elif Emre Zeynep Burak Merve Oğuzhan Büşra Serkan Gizem Tolga Selin Umut Esra Kaan Derya Furkan Pınar Yiğit',
    'Yıldız Demir Şahin Çelik Aydın Özdemir Arslan Doğan Kılıç Çetin Kara Koç Kurt Özkan Şimşek Polat Korkmaz Güneş',
  ],
]);

export const russian = nameCulture([
  [
    'Алексей:aleksey Дмитрий:dmitry Иван:ivan Никита:nikita Артём:artem Кирилл:kirill Максим:maksim Егор:egor Роман:roman Павел:pavel',
    'Соколов:sokolov Морозов:morozov Волков:volkov Лебедев:lebedev Козлов:kozlov Новиков:novikov Белов:belov Тарасов:tarasov Громов:gromov Ершов:ershov',
  ],
  [
    'Анна:anna Екатерина:ekaterina Ольга:olga Марина:marina Дарья:darya Полина:polina Ксения:ksenia Алина:alina Светлана:svetlana Юлия:yulia',
    'Соколова:sokolova Морозова:morozova Волкова:volkova Лебедева:lebedeva Козлова:kozlova Новикова:novikova Белова:belova Тарасова:tarasova Громова:gromova Ершова:ershova',
  ],
]);

export const ukrainian = nameCulture([
  [
    'Олена:olena Андрій:andrii Оксана:oksana Тарас:taras Ірина:iryna Богдан:bohdan Наталія:nataliia Юрій:yurii Софія:sofiia Остап:ostap Леся:lesia Назар:nazar',
    'Шевчук:shevchuk Коваленко:kovalenko Бондаренко:bondarenko Ткаченко:tkachenko Мельник:melnyk Поліщук:polishchuk Савченко:savchenko Гончар:honchar Романюк:romaniuk Яремчук:yaremchuk',
  ],
]);

export const kazakh = nameCulture([
  [
    'Нурлан:nurlan Ерлан:erlan Санжар:sanzhar Арман:arman Бауыржан:bauyrzhan Данияр:daniyar Тимур:timur Асхат:askhat',
    'Сериков:serikov Ахметов:akhmetov Касымов:kassymov Оспанов:ospanov Жумабаев:zhumabayev Нургалиев:nurgaliyev Абенов:abenov Муканов:mukanov',
  ],
  [
    'Айгерим:aigerim Динара:dinara Айнур:ainur Мадина:madina Жанар:zhanar Асель:assel Гульнара:gulnara Камила:kamila',
    'Серикова:serikova Ахметова:akhmetova Касымова:kassymova Оспанова:ospanova Жумабаева:zhumabayeva Нургалиева:nurgaliyeva Абенова:abenova Муканова:mukanova',
  ],
]);
