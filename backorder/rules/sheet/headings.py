"""What merchants and their suppliers call the columns, in English, German, French, Spanish, Italian and Dutch; without signs."""


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


NUMBER = _names(
    "number po pono ponumber purchaseorder purchaseorderno purchaseordernumber ordernumber orderno "
    "bestellung bestellnummer bestellnr auftragsnummer commande numerodecommande ncommande ndecommande bondecommande "
    "pedido numerodepedido npedido ordendecompra ordine numeroordine numerodordine ordinediacquisto "
    "bestelling bestelnummer inkooporder inkoopordernummer"
)
LINE = _names("line lineno linenumber position pos zeile ligne linea riga regel posizione posicion")
SKU = _names(
    "sku variantsku articlenumber articleno itemnumber itemno partnumber artikelnummer artikelnr artnr reference ref "
    "codearticle referencia codigo codice codicearticolo artikelcode"
)
VARIANT = _names("variantid")
UNITS = _names(
    "units quantity qty ordered orderedquantity quantityordered menge anzahl stuck stuckzahl bestellt quantite qte unites "
    "cantidad cant unidades quantita qta pezzi aantal stuks besteld"
)
DUE = _names(
    "due dueon duedate date eta expected expectedon expecteddate expectedarrival delivery deliverydate arrival arrivaldate "
    "fallig falligam termin liefertermin lieferdatum datum ankunft livraison datelivraison datedelivraison dateprevue echeance "
    "entrega fecha fechaentrega fechadeentrega llegada consegna data datadiconsegna dataconsegna "
    "leverdatum levering leverdag verwacht"
)
SUPPLIER = _names("supplier suppliername vendor vendorname lieferant fournisseur proveedor fornitore leverancier")
LOCATION = _names(
    "location destination warehouse lager lagerort standort entrepot emplacement almacen ubicacion magazzino sede magazijn locatie"
)
LEAD_TIME = _names(
    "leadtime leadtimedays leaddays leadtimeindays lieferzeit lieferzeittage lieferzeitintagen delai delaijours delaidelivraison plazo "
    "plazodeentrega tempodiconsegna levertijd levertijddagen"
)
EMAIL = _names("email emailaddress mail courriel correo correoelectronico mailadresse")
NOTE = _names("note notes comment comments notiz bemerkung remarque nota opmerking notitie")
