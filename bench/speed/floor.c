/* The floor of `make bench-speed`: PDFium alone reads every character of the files with its boxes and font, in one pass.
 * floor LIBRARY FILE... prints {"pages", "characters"}. The functions are those of PDFium's fpdfview.h and fpdf_text.h. */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct { float left, top, right, bottom; } Box;

static void *library;

static void *function(const char *name) {
    void *found = dlsym(library, name);
    if (!found) {
        fprintf(stderr, "floor: the library has no %s\n", name);
        exit(1);
    }
    return found;
}

int main(int count, char **arguments) {
    if (count < 3 || !(library = dlopen(arguments[1], RTLD_NOW))) {
        fprintf(stderr, "floor: usage: floor LIBRARY FILE...; the library must be PDFium's\n");
        return 2;
    }
    void (*init)(void) = function("FPDF_InitLibrary");
    void *(*open_document)(const char *, const char *) = function("FPDF_LoadDocument");
    void (*close_document)(void *) = function("FPDF_CloseDocument");
    int (*page_count)(void *) = function("FPDF_GetPageCount");
    void *(*load_page)(void *, int) = function("FPDF_LoadPage");
    void (*close_page)(void *) = function("FPDF_ClosePage");
    void *(*load_text)(void *) = function("FPDFText_LoadPage");
    void (*close_text)(void *) = function("FPDFText_ClosePage");
    int (*characters)(void *) = function("FPDFText_CountChars");
    unsigned (*unicode)(void *, int) = function("FPDFText_GetUnicode");
    int (*ink)(void *, int, double *, double *, double *, double *) = function("FPDFText_GetCharBox");
    int (*advance)(void *, int, Box *) = function("FPDFText_GetLooseCharBox");
    double (*size)(void *, int) = function("FPDFText_GetFontSize");
    unsigned long (*font)(void *, int, void *, unsigned long, int *) = function("FPDFText_GetFontInfo");

    init();
    long pages = 0, read = 0;
    for (int file = 2; file < count; file++) {
        void *document = open_document(arguments[file], NULL);
        if (!document)
            continue;
        for (int number = 0; number < page_count(document); number++) {
            void *page = load_page(document, number);
            void *text = page ? load_text(page) : NULL;
            int length = text ? characters(text) : 0;
            for (int index = 0; index < length; index++) {
                double left, right, bottom, top;
                Box box;
                char name[128];
                int flags;
                read += unicode(text, index) != 0;
                ink(text, index, &left, &right, &bottom, &top);
                advance(text, index, &box);
                size(text, index);
                font(text, index, name, sizeof name, &flags);
            }
            if (text)
                close_text(text);
            if (page)
                close_page(page);
            pages++;
        }
        close_document(document);
    }
    printf("{\"pages\": %ld, \"characters\": %ld}\n", pages, read);
    return 0;
}
