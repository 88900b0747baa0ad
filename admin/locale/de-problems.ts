import type { Words } from './say-in.ts';

/**
 * What errors say, in German, by their English templates, in alphabetical order. `{{what}}` stands for another of these
 * texts or for words of de.ts; all other places hold values. A test says what is missing.
 */
export const deProblems: Words = {
  '{{count}} accounts have this tier. Give them another one first.': {
    one: '{{count}} Konto hat diesen Tarif. Geben Sie ihm zuerst einen anderen.',
    other: '{{count}} Konten haben diesen Tarif. Geben Sie ihnen zuerst einen anderen.',
  },
  '{{what}} Upload a JPEG, PNG, WebP, GIF, AVIF or TIFF image.':
    '{{what}} Laden Sie ein Bild als JPEG, PNG, WebP, GIF, AVIF oder TIFF hoch.',
  'a block of the GIF is damaged': 'ein Block des GIF ist beschädigt',
  'a box of the AVIF is damaged': 'ein Teil des AVIF ist beschädigt',
  'a chunk of the PNG is damaged': 'ein Abschnitt des PNG ist beschädigt',
  'A column is there twice.': 'Eine Spalte steht zweimal da.',
  'A group is gone. Load the page again.': 'Eine Gruppe gibt es nicht mehr. Laden Sie die Seite neu.',
  'a JPEG segment has an impossible length': 'ein Abschnitt des JPEG hat eine unmögliche Länge',
  'A name has 1 to {{most}} bytes of UTF-8, no control characters, and is neither blank nor "." nor "..".':
    'Ein Name hat 1 bis {{most}} Bytes in UTF-8, keine Steuerzeichen und ist weder leer noch „.“ oder „..“.',
  'Temporarily unavailable': 'Vorübergehend nicht verfügbar',
  'A row is too long near line {{line}}. Is there a quotation mark that nothing closes?':
    'Bei Zeile {{line}} ist eine Zeile zu lang. Fehlt ein schließendes Anführungszeichen?',
  'A row is too long. Is there a quotation mark that nothing closes?':
    'Eine Zeile ist zu lang. Fehlt ein schließendes Anführungszeichen?',
  'a second JPEG starts within its header': 'im Kopf beginnt ein zweites JPEG',
  'a side of {{pixels}} pixels cannot be': 'eine Seite von {{pixels}} Pixeln ist unmöglich',
  'A superuser has this tier. Only a superuser may change that.':
    'Ein Superuser hat diesen Tarif. Nur ein Superuser darf das ändern.',
  'active is yes or no.': 'active ist yes oder no.',
  'An import gives no rights. Empty isStaff, isSuperuser, groupIds and permissions in this row, and give the rights afterwards.':
    'Ein Import gibt keine Rechte. Leeren Sie isStaff, isSuperuser, groupIds und permissions in dieser Zeile, und geben Sie die Rechte danach.',
  'All names like this one are taken. Give another name.':
    'Alle ähnlichen Namen sind vergeben. Wählen Sie einen anderen.',
  'An image may have {{most}} bytes at most. Send a smaller one.':
    'Ein Bild darf höchstens {{most}} Bytes haben. Schicken Sie ein kleineres.',
  'Another import is running. Try again when it is done.':
    'Ein anderer Import läuft. Versuchen Sie es noch einmal, wenn er fertig ist.',
  'Another record has this already.': 'Das hat schon ein anderer Datensatz.',
  'Authentication is needed': 'Eine Anmeldung ist nötig',
  'Choose a password that differs from the current one.': 'Wählen Sie ein anderes Passwort als das jetzige.',
  'Choose another tier that is there.': 'Wählen Sie einen anderen vorhandenen Tarif.',
  'Choose one of {{choices}}.': 'Wählen Sie eines von {{choices}}.',
  'Choose some records first.': 'Wählen Sie zuerst Datensätze aus.',
  'Content-Disposition is given twice; give it once.':
    'Content-Disposition ist zweimal angegeben; geben Sie es einmal an.',
  'The filename is not valid. Use a short name such as cat.png.':
    'So kann kein Bild heißen. Wählen Sie einen kurzen Namen wie cat.png.',
  'Give 1 to {{heights}} heights in pixels, each a whole number from {{least}} to {{most}}.':
    'Geben Sie 1 bis {{heights}} Höhen in Pixeln an, jede eine ganze Zahl von {{least}} bis {{most}}.',
  'Give a new password.': 'Geben Sie ein neues Passwort ein.',
  'Give a password.': 'Geben Sie ein Passwort ein.',
  'Give a size of at least one byte.': 'Geben Sie eine Größe von mindestens einem Byte an.',
  'Give a whole number from 1 to {{most}}, or leave it empty for the limit of the service.':
    'Geben Sie eine ganze Zahl von 1 bis {{most}} an, oder lassen Sie es leer für die Grenze des Dienstes.',
  'Give a size, or leave it empty for no limit.':
    'Geben Sie eine Größe an, oder lassen Sie das Feld für unbegrenzt leer.',
  'Give a whole number of seconds, from one second to a week.':
    'Geben Sie eine ganze Zahl von Sekunden an, von einer Sekunde bis zu einer Woche.',
  'Give the group a name.': 'Geben Sie der Gruppe einen Namen.',
  'Give the tier a name.': 'Geben Sie dem Tarif einen Namen.',
  'Give your current password.': 'Geben Sie Ihr jetziges Passwort ein.',
  'has to be a whole number of seconds, {{least}} to {{most}}, in digits':
    'muss eine ganze Zahl von Sekunden sein, {{least}} bis {{most}}, in Ziffern',
  'has to be a whole number, 1 to {{most}}, in digits': 'muss eine ganze Zahl von 1 bis {{most}} sein, in Ziffern',
  'Has to be at least expiringLinkMinSeconds.': 'Muss mindestens so lang sein wie der kürzeste befristete Link.',
  'has to be of the type {{expected}}, not {{received}}': 'muss vom Typ {{expected}} sein, nicht {{received}}',
  'has to be one key of 1 to 255 visible ASCII characters':
    'muss ein Schlüssel aus 1 bis 255 sichtbaren ASCII-Zeichen sein',
  "has to be one of your tier's heights: {{heights}}; leave it out for the original":
    'muss eine Höhe des Tarifs sein: {{heights}}; ohne Angabe das Original',
  'has to be the id or the exact name of one of your images':
    'muss die ID oder der genaue Name eines eigenen Bildes sein',
  'HEIC pictures cannot be read here. On an iPhone, Settings > Camera > Formats > Most Compatible makes new pictures JPEG; convert this one to JPEG and upload that.':
    'HEIC-Bilder können hier nicht gelesen werden. Auf einem iPhone macht Einstellungen > Kamera > Formate > Maximale Kompatibilität neue Bilder zu JPEG; wandeln Sie dieses in JPEG um und laden Sie das hoch.',
  'Invalid input': 'ist nicht gültig',
  'Invalid input: expected {{expected}}': 'muss {{expected}} sein',
  'Invalid option: expected one of {{choices}}': 'muss eines von {{choices}} sein',
  'Invalid UUID': 'ist keine gültige ID',
  'is given twice, as {{name}} too; give it once': 'ist zweimal angegeben, auch als {{name}}; geben Sie es einmal an',
  'is given twice; give it once': 'ist zweimal angegeben; geben Sie es einmal an',
  'is missing': 'fehlt',
  'is not a valid image name': 'So kann kein Bild heißen.',
  'its header does not come to an end': 'der Kopf nimmt kein Ende',
  'its header gives no width or no height': 'der Kopf nennt keine Breite oder keine Höhe',
  'Leave out control characters.': 'Ohne Steuerzeichen.',
  'More than {{most}} bytes are not taken here.': 'Mehr als {{most}} Bytes werden hier nicht angenommen.',
  'names no boundary of 1 to 70 characters': 'nennt keine Grenze (boundary) von 1 bis 70 Zeichen',
  'New accounts get this tier. Make another tier the default first.':
    'Neue Konten bekommen diesen Tarif. Machen Sie zuerst einen anderen zum Standard.',
  'No active account found with the given credentials': 'Mit diesen Angaben gibt es kein aktives Konto',
  'Not allowed': 'Nicht erlaubt',
  'Not found': 'Nicht gefunden',
  'Not ready yet': 'Noch nicht fertig',
  'Not valid.': 'Nicht gültig.',
  'One account has this tier. Give them another one first.':
    'Ein Konto hat diesen Tarif. Geben Sie ihm zuerst einen anderen.',
  'One tier has to be the default. Make another tier the default instead.':
    'Ein Tarif muss der Standard sein. Machen Sie stattdessen einen anderen zum Standard.',
  'Only a superuser makes somebody a superuser, or takes that away.':
    'Nur ein Superuser macht jemanden zum Superuser oder nimmt das zurück.',
  'Only a superuser may change or delete a superuser.': 'Nur ein Superuser darf einen Superuser ändern oder löschen.',
  'Open the form anew: it does not say what it was made from.':
    'Öffnen Sie das Formular neu: Es sagt nicht, woraus es entstand.',
  'A record that this one refers to is gone. Load it again.':
    'Ein Eintrag, auf den dieser verweist, ist nicht mehr da. Laden Sie ihn neu.',
  'The owner is inactive': 'Der Besitzer ist nicht aktiv',
  'Another import is running': 'Ein anderer Import läuft',
  'There is no default tier': 'Es gibt keinen Standardtarif',
  'Other records refer to this one.': 'Andere Einträge verweisen auf diesen.',
  requests: 'Anfragen',
  'Send JSON (`Content-Type: application/json`), a form, or multipart fields.':
    'Schicken Sie JSON (`Content-Type: application/json`), ein Formular oder Multipart-Felder.',
  'Send the body as UTF-8.': 'Schicken Sie den Inhalt in UTF-8.',
  'Send the body without Content-Encoding.': 'Schicken Sie den Inhalt ohne Content-Encoding.',
  'Send the file as text/csv.': 'Schicken Sie die Datei als text/csv.',
  'Send the image as it is, or in chunks (Transfer-Encoding: chunked).':
    'Schicken Sie das Bild, wie es ist, oder in Stücken (Transfer-Encoding: chunked).',
  'Send the image as it is, without Content-Encoding.': 'Schicken Sie das Bild, wie es ist, ohne Content-Encoding.',
  'Send the image itself (Content-Type: application/octet-stream) or a multipart/form-data form with one file.':
    'Schicken Sie das Bild selbst (Content-Type: application/octet-stream) oder ein Formular (multipart/form-data) mit einer Datei.',
  'Changed or deleted in the meantime': 'Inzwischen geändert oder gelöscht',
  'Someone else changed this in the meantime. Load it again and repeat your change.':
    'Das hat inzwischen jemand anderes geändert. Laden Sie es neu und wiederholen Sie Ihre Änderung.',
  'Something went wrong on our side': 'Bei uns ist etwas schiefgegangen',
  'Still in use': 'Noch in Gebrauch',
  'The account was deactivated or deleted meanwhile.': 'Das Konto wurde inzwischen deaktiviert oder gelöscht.',
  'the AVIF gives no size': 'das AVIF gibt keine Größe an',
  'the AVIF names no main picture': 'das AVIF nennt kein Hauptbild',
  'the BigTIFF header is damaged': 'der Kopf des BigTIFF ist beschädigt',
  'The body came too slowly or stopped coming. Send it again on a better connection.':
    'Die Datei kam zu langsam oder blieb stecken. Schicken Sie sie über eine bessere Verbindung noch einmal.',
  'The body ended after {{bytes}} of {{all}} bytes. Send it again.':
    'Nach {{bytes}} von {{all}} Bytes war Schluss. Schicken Sie es noch einmal.',
  'The body ended before all of it was there. Send it again.':
    'Die Datei kam nicht ganz an. Schicken Sie sie noch einmal.',
  'The body ended early': 'Der Inhalt kam nicht ganz an',
  'The body ended early. Send it again.': 'Die Datei kam nicht ganz an. Schicken Sie sie noch einmal.',
  'The body has no bytes. Send the image itself as the body.': 'Die Datei ist leer. Schicken Sie das Bild selbst.',
  'The body has to be a JSON object.': 'Der Inhalt muss ein JSON-Objekt sein.',
  'No image was sent': 'Es wurde kein Bild geschickt',
  'The body is longer than its stated {{bytes}} bytes.': 'Es kam mehr als die angegebenen {{bytes}} Bytes.',
  'The body is not UTF-8.': 'Der Inhalt ist nicht in UTF-8.',
  'The body is not valid JSON.': 'Der Inhalt ist kein gültiges JSON.',
  'The body may have {{most}} bytes at most.': 'Der Inhalt darf höchstens {{most}} Bytes haben.',
  'The bytes do not match their digest': 'Die Bytes passen nicht zu ihrer Prüfsumme',
  'The bytes that arrived are not those of Content-Digest. Send them again.':
    'Die Bytes kamen anders an als in Content-Digest angegeben. Schicken Sie sie noch einmal.',
  'the checksum of the PNG header is wrong': 'die Prüfsumme im Kopf des PNG ist falsch',
  'The column username is missing.': 'Die Spalte username fehlt.',
  'The condition of the request does not hold': 'Die Bedingung der Anfrage trifft nicht zu',
  'The content encoding is not supported': 'Diese Inhaltskodierung wird nicht angenommen',
  'The credentials are not valid': 'Die Anmeldedaten stimmen nicht',
  'The database does not answer. Try again in a few seconds.':
    'Die Datenbank antwortet nicht. Versuchen Sie es in ein paar Sekunden noch einmal.',
  'The file cannot be read near line {{line}}: look for a quotation mark that is not closed, or not doubled inside a cell.':
    'Die Datei ist bei Zeile {{line}} nicht lesbar: Suchen Sie ein Anführungszeichen, das nicht geschlossen oder in einer Zelle nicht verdoppelt ist.',
  'The file cannot be read: look for a quotation mark that is not closed, or not doubled inside a cell.':
    'Die Datei ist nicht lesbar: Suchen Sie ein Anführungszeichen, das nicht geschlossen oder in einer Zelle nicht verdoppelt ist.',
  'the file ends within its header': 'die Datei endet mitten im Kopf',
  'The file has more than {{most}} users. Divide it into several.':
    'Die Datei hat mehr als {{most}} Benutzer. Teilen Sie sie in mehrere auf.',
  'The file is cut off: its last part is missing. Upload it again.':
    'Die Datei ist abgeschnitten: Ihr letzter Teil fehlt. Laden Sie sie noch einmal hoch.',
  'The file is not UTF-8. Save it as "CSV UTF-8".': 'Die Datei ist nicht in UTF-8. Speichern Sie sie als „CSV UTF-8“.',
  'The file may have 5 MB at most.': 'Die Datei darf höchstens 5 MB haben.',
  'The file name is not valid': 'Der Dateiname ist nicht gültig',
  'The first request with this key is still running': 'Die erste Anfrage mit diesem Schlüssel läuft noch',
  'The first request with this key still runs. Ask again in a moment.':
    'Die erste Anfrage mit diesem Schlüssel läuft noch. Fragen Sie gleich noch einmal.',
  'The first row names the columns: {{columns}}. "{{name}}" is none of them.':
    'Die erste Zeile nennt die Spalten: {{columns}}. „{{name}}“ ist keine davon.',
  'The folder of the object store cannot be used ({{code}}).':
    'Der Ordner des Objektspeichers ist nicht benutzbar ({{code}}).',
  'The form cannot be read.': 'Das Formular ist nicht lesbar.',
  'The headers are too large': 'Die Kopfzeilen sind zu groß',
  'The image cannot be read: {{what}}. Export it again and upload the new file.':
    'Das Bild ist nicht lesbar: {{what}}. Exportieren Sie es noch einmal und laden Sie die neue Datei hoch.',
  'The image has {{width}} x {{height}} pixels; {{most}} in all are allowed. Upload a smaller version of it.':
    'Das Bild hat {{width}} x {{height}} Pixel; erlaubt sind zusammen {{most}}. Laden Sie eine kleinere Fassung hoch.',
  'The image has too many pixels': 'Das Bild hat zu viele Pixel',
  'The image is broken': 'Das Bild ist beschädigt',
  'The image was deleted during the upload. Send it again.':
    'Das Bild wurde während des Hochladens gelöscht. Schicken Sie es noch einmal.',
  'the JPEG frame header has a wrong length': 'der Bildkopf des JPEG hat eine falsche Länge',
  'the JPEG frame header is too short': 'der Bildkopf des JPEG ist zu kurz',
  'the JPEG has no frame header': 'dem JPEG fehlt der Bildkopf',
  'the JPEG has two frame headers': 'das JPEG hat zwei Bildköpfe',
  'The key belongs to another request': 'Der Schlüssel gehört zu einer anderen Anfrage',
  'The last superuser cannot be removed': 'Der letzte Superuser kann nicht entfernt werden',
  'The link no longer works': 'Der Link funktioniert nicht mehr',
  'Not fetched before it is opened': 'Nicht vorab abgerufen',
  'the main picture of the AVIF is not there': 'das Hauptbild des AVIF fehlt',
  'The method is not allowed here': 'Diese Methode ist hier nicht erlaubt',
  'Already taken': 'Schon vergeben',
  'The owner of this image is inactive: nobody could open a link to it.':
    'Der Besitzer dieses Bildes ist inaktiv: Niemand könnte einen Link dazu öffnen.',
  "The owner's tier ({{tier}}) does not include expiring links. Give {{name}} another tier first.":
    'Der Tarif des Besitzers ({{tier}}) enthält keine befristeten Links. Geben Sie {{name}} zuerst einen anderen Tarif.',
  'The panel is not built. Run `npm run build`, then start again.':
    'Das Panel ist nicht gebaut. Führen Sie `npm run build` aus und starten Sie neu.',
  'The password is too weak': 'Das Passwort ist zu schwach',
  'The password must not be the username.': 'Das Passwort darf nicht der Benutzername sein.',
  'The picture has more than the {{most}} pixels that are allowed. Upload a smaller version of it.':
    'Das Bild hat mehr als die erlaubten {{most}} Pixel. Laden Sie eine kleinere Fassung hoch.',
  'No frame of the GIF can be decoded. Export it again.':
    'Kein Einzelbild des GIF kann gelesen werden. Exportieren Sie es noch einmal.',
  'The object store did not answer in time.': 'Der Speicher hat nicht rechtzeitig geantwortet.',
  'The picture is damaged, or of a kind that cannot be decoded. Export it again.':
    'Das Bild ist beschädigt oder von einer Art, die nicht gelesen werden kann. Exportieren Sie es noch einmal.',
  'the PNG does not start with its header': 'das PNG beginnt nicht mit seinem Kopf',
  'the PNG header names no known pixels': 'der Kopf des PNG nennt keine bekannten Pixel',
  'Over the quota': 'Über dem Speicherlimit',
  'The range is outside the file': 'Der Bereich liegt außerhalb der Datei',
  'The request is not valid': 'Die Anfrage ist nicht gültig',
  'The request took too long': 'Die Anfrage hat zu lange gedauert',
  'the size in the PNG header cannot be': 'die Größe im Kopf des PNG ist unmöglich',
  'The storage cannot be linked to right now. Try again later.':
    'Links in den Speicher gehen gerade nicht. Versuchen Sie es später noch einmal.',
  'The storage cannot be written to right now. Try again later.':
    'In den Speicher kann gerade nicht geschrieben werden. Versuchen Sie es später noch einmal.',
  'The storage does not answer. Try again in a moment.':
    'Der Speicher antwortet nicht. Versuchen Sie es gleich noch einmal.',
  'The storage does not work right now. Try again later.':
    'Der Speicher funktioniert gerade nicht. Versuchen Sie es später noch einmal.',
  'The storage is damaged. Somebody has to look at it.': 'Der Speicher ist beschädigt. Jemand muss ihn sich ansehen.',
  'The storage is full. Nothing was stored; try again later.':
    'Der Speicher ist voll. Es wurde nichts gespeichert; versuchen Sie es später noch einmal.',
  'The thumbnail function does not take requests right now.': 'Die Funktion für Vorschaubilder nimmt gerade nichts an.',
  'The thumbnail of {{height}} pixels is not made yet. Try again in a moment.':
    'Das Vorschaubild mit {{height}} Pixeln ist noch nicht erstellt. Versuchen Sie es gleich noch einmal.',
  'The tier does not include this': 'Der Tarif enthält das nicht',
  'The tier keeps {{quota}} bytes of originals, and {{left}} of them are free. Delete images, or ask for a larger tier.':
    'Der Tarif hat Platz für {{quota}} Bytes an Originalen, frei sind {{left}}. Löschen Sie Bilder oder wählen Sie einen größeren Tarif.',
  'The tier takes images of {{most}} bytes at most. Send a smaller one.':
    'Der Tarif nimmt Bilder bis {{most}} Bytes an. Schicken Sie ein kleineres.',
  'the TIFF directory cannot be that long': 'das Verzeichnis des TIFF kann nicht so lang sein',
  'the TIFF gives no size': 'das TIFF gibt keine Größe an',
  'the TIFF has more than the {{limit}} pages that are allowed': 'das TIFF hat mehr als die erlaubten {{limit}} Seiten',
  'the TIFF has no directory': 'dem TIFF fehlt das Verzeichnis',
  'The token or session is not valid': 'Das Token oder die Sitzung ist nicht gültig',
  'The two passwords differ.': 'Die beiden Passwörter sind verschieden.',
  'The type is not supported': 'Dieser Typ wird nicht angenommen',
  'The upload took a pause that was too long for it. Send it again.':
    'Der Upload hat zu lange Pause gemacht. Schicken Sie die Datei noch einmal.',
  'the WebP frame header has an unknown version': 'der Bildkopf des WebP hat eine unbekannte Version',
  'the WebP frame header is damaged': 'der Bildkopf des WebP ist beschädigt',
  'the WebP has no picture header': 'das WebP hat keinen Bildkopf',
  'There is a group with this name. Choose another one.':
    'Eine Gruppe mit diesem Namen gibt es schon. Wählen Sie einen anderen.',
  'There is a tier with this name. Choose another one.':
    'Einen Tarif mit diesem Namen gibt es schon. Wählen Sie einen anderen.',
  'There is an account with this username. Choose another one.':
    'Ein Konto mit diesem Benutzernamen gibt es schon. Wählen Sie einen anderen.',
  'There is no default tier. Choose a tier.': 'Es gibt keinen Standardtarif. Wählen Sie einen Tarif.',
  'There is no permission {{permission}}.': 'Die Berechtigung {{permission}} gibt es nicht.',
  'there is no picture in the GIF': 'im GIF ist kein Bild',
  'there is no picture in the JPEG': 'im JPEG ist kein Bild',
  'there is no picture in the PNG': 'im PNG ist kein Bild',
  'There is no such account.': 'Dieses Konto gibt es nicht.',
  'There is no such group.': 'Diese Gruppe gibt es nicht.',
  'There is no such image.': 'Dieses Bild gibt es nicht.',
  'There is no such link any more.': 'Diesen Link gibt es nicht mehr.',
  'There is no such record any more.': 'Diesen Datensatz gibt es nicht mehr.',
  'There is no such tier.': 'Diesen Tarif gibt es nicht.',
  'There is no such user, or the user is not active.': 'Diesen Benutzer gibt es nicht, oder er ist nicht aktiv.',
  'There is no tier named {{name}}.': 'Einen Tarif namens {{name}} gibt es nicht.',
  'There is no user in the file: give one row for each.':
    'In der Datei ist kein Benutzer: Für jeden braucht es eine Zeile.',
  'There is no user name.': 'Der Benutzername fehlt.',
  'There is nothing at this address.': 'Unter dieser Adresse ist nichts.',
  'These bytes are not an image of a type that is accepted here.':
    'Das ist kein Bild einer Art, die hier angenommen wird.',
  'This account has permissions that you do not have. Ask a superuser.':
    'Dieses Konto hat Berechtigungen, die Sie nicht haben. Wenden Sie sich an einen Superuser.',
  'This account no longer exists. Log in again.': 'Dieses Konto gibt es nicht mehr. Melden Sie sich wieder an.',
  'This changes something: use POST.': 'Das ändert etwas: Hier geht nur POST.',
  'This Idempotency-Key was used for another name, query or body. Use a new key for a new request.':
    'Dieser Idempotency-Key wurde mit anderem Namen, anderer Adresse oder anderem Inhalt benutzt. Nehmen Sie für eine neue Anfrage einen neuen.',
  'This image brought the decoder down three times. The original is kept.':
    'Dieses Bild hat den Decoder dreimal abstürzen lassen. Das Original bleibt.',
  "This is a camera's raw file.": 'Das ist eine Rohdatei einer Kamera.',
  'This is a lossless, hierarchical or 12-bit JPEG, which hardly any program reads.':
    'Das ist ein verlustfreies, hierarchisches oder 12-Bit-JPEG, das kaum ein Programm liest.',
  'This is a sound file.': 'Das ist eine Tondatei.',
  'This is a video.': 'Das ist ein Video.',
  "This is an app's PNG in Apple's private form.": 'Das ist ein PNG aus einer App, in Apples eigener Form.',
  'This is not an e-mail address.': 'Das ist keine E-Mail-Adresse.',
  'This is not your current password.': 'Das ist nicht Ihr jetziges Passwort.',
  'Something went wrong on our side. If it happens again, report the request ID.':
    'Bei uns ist etwas schiefgegangen. Wenn es wieder passiert, melden Sie die Anfrage-ID.',
  'This is the last active superuser. Make somebody else a superuser first.':
    'Das ist der letzte aktive Superuser. Machen Sie zuerst jemand anderen zum Superuser.',
  'This is too long.': 'Das ist zu lang.',
  'This link does not set a password: it was used, or it is over. Ask whoever gave it to you for a new one.':
    'Dieser Link setzt kein Passwort: Er wurde benutzt oder ist abgelaufen. Bitten Sie die Person, die ihn Ihnen gegeben hat, um einen neuen.',
  'This page cannot do that.': 'Das kann diese Seite nicht.',
  'This password is a common one. Choose one that nobody would guess.':
    'Dieses Passwort ist gängig. Wählen Sie eines, das niemand errät.',
  'This picture is in a HEIF file, but not as AVIF.': 'Dieses Bild steckt in einer HEIF-Datei, aber nicht als AVIF.',
  'This request did not come from a page of the panel. Open the panel at {{address}} and try again.':
    'Diese Anfrage kam nicht von einer Seite des Panels. Öffnen Sie das Panel unter {{address}} und versuchen Sie es noch einmal.',
  'This row has not as many cells as the first one.': 'Diese Zeile hat nicht so viele Zellen wie die erste.',
  'This tier is gone. Choose another one.': 'Diesen Tarif gibt es nicht mehr. Wählen Sie einen anderen.',
  'This user is in line {{line}} already.': 'Dieser Benutzer steht schon in Zeile {{line}}.',
  'This value is not allowed.': 'Dieser Wert ist nicht erlaubt.',
  'Thumbnails are made of files of up to {{most}} bytes; this one has {{bytes}}.':
    'Vorschaubilder werden von Dateien bis {{most}} Bytes erstellt; diese hat {{bytes}}.',
  'Too big: expected {{type}} to be <={{most}}': 'ist höchstens {{most}}',
  'Too big: expected {{type}} to have <={{most}} characters': 'hat höchstens {{most}} Zeichen',
  'Too big: expected {{type}} to have <={{most}} items': 'hat höchstens {{most}} Einträge',
  'Too large': 'Zu groß',
  'Too many {{what}} in a minute. Wait {{count}} seconds.': {
    one: 'Zu viele {{what}} in einer Minute. Warten Sie {{count}} Sekunde.',
    other: 'Zu viele {{what}} in einer Minute. Warten Sie {{count}} Sekunden.',
  },
  'Too many {{what}} in an hour. Wait {{count}} seconds.': {
    one: 'Zu viele {{what}} in einer Stunde. Warten Sie {{count}} Sekunde.',
    other: 'Zu viele {{what}} in einer Stunde. Warten Sie {{count}} Sekunden.',
  },
  'Too many failed logins. Try again in {{count}} minutes.': {
    one: 'Zu viele fehlgeschlagene Anmeldungen. Versuchen Sie es in {{count}} Minute noch einmal.',
    other: 'Zu viele fehlgeschlagene Anmeldungen. Versuchen Sie es in {{count}} Minuten noch einmal.',
  },
  'Too many failed logins. Try again in a minute.':
    'Zu viele fehlgeschlagene Anmeldungen. Versuchen Sie es in einer Minute noch einmal.',
  'Too many people log in just now. Try again in a few seconds.':
    'Gerade melden sich zu viele an. Versuchen Sie es in ein paar Sekunden noch einmal.',
  'Too many programs write this object at the same time. Try again.':
    'Zu viele Programme schreiben dieses Objekt gleichzeitig. Versuchen Sie es noch einmal.',
  'Too many requests': 'Zu viele Anfragen',
  'Too many uploads of this account wait for each other. Try again later.':
    'Zu viele Uploads dieses Kontos warten aufeinander. Versuchen Sie es später noch einmal.',
  'Too small: expected {{type}} to be >={{least}}': 'ist mindestens {{least}}',
  'Too small: expected {{type}} to have >={{least}} characters': 'hat mindestens {{least}} Zeichen',
  'Too small: expected {{type}} to have >={{least}} items': 'hat mindestens {{least}} Einträge',
  'Unrecognized key: {{names}}': 'gibt es nicht: {{names}}',
  'Unrecognized keys: {{names}}': 'gibt es nicht: {{names}}',
  'Use {{methods}} here.': 'Hier geht nur {{methods}}.',
  'Use 1 to 150 letters, digits and @ . + - _ only.': '1 bis 150 Buchstaben, Ziffern und @ . + - _, nichts anderes.',
  'Use at least {{least}} characters.': 'Mindestens {{least}} Zeichen.',
  'Use at most {{most}} characters.': 'Höchstens {{most}} Zeichen.',
  'Use POST.': 'Hier geht nur POST.',
  'You cannot delete your own account. Ask another administrator.':
    'Das eigene Konto können Sie nicht löschen. Wenden Sie sich an einen anderen Administrator.',
  'You do not have {{permission}} yourself. Ask a superuser.':
    '{{permission}} haben Sie selbst nicht. Wenden Sie sich an einen Superuser.',
  'You do not have the right to do this.': 'Sie haben nicht das Recht dazu.',
  'You have an image called {{name}} already. Give another name.':
    'Ein Bild namens {{name}} gibt es bei diesem Besitzer schon. Wählen Sie einen anderen Namen.',
  'You have no image with this id or name.': 'Ein Bild mit dieser ID oder diesem Namen gibt es nicht.',
  'You have no link with this id.': 'Diesen Link gibt es nicht.',
  'You may not {{what}}. Ask an administrator for the permission {{permission}}.':
    'Dazu fehlt Ihnen das Recht: {{what}}. Bitten Sie einen Administrator um die Berechtigung {{permission}}.',
  'Your session has ended. Log in again.': 'Ihre Sitzung ist beendet. Melden Sie sich wieder an.',
  'Your tier ({{tier}}) does not include expiring links.': 'Der Tarif ({{tier}}) enthält keine befristeten Links.',
};
